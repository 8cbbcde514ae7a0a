import { z } from "@hono/zod-openapi";
import { acceptInvitation, invite, listInvitations, withdrawInvitation } from "@/lib/people/invitations";
import { listPeople, setRoles, setStatus } from "@/lib/people/members";
import { ROLES } from "@/lib/people/roles";
import { Email, Person, PersonName, Roles } from "@/lib/people/schema";
import { claimSetup } from "@/lib/people/setup";
import { context } from "@/lib/platform/context";
import { personOnly, publicRoute } from "../authenticate";
import { router } from "../environment";
import { problems } from "../problem";
import { body, IdParam, json, noContent, route, SECURITY } from "../route";

export const people = router();

const Invitation = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    roles: z.array(z.enum(ROLES)),
    invited_by: z.string().nullable(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
  })
  .openapi("Invitation");

people.openapi(
  route({
    method: "get",
    path: "/people",
    tags: ["People"],
    summary: "List people and open invitations",
    security: SECURITY.person,
    middleware: personOnly("admin", "auditor", "security_officer"),
    request: {},
    responses: { 200: json(z.object({ items: z.array(Person), invitations: z.array(Invitation) })), ...problems(401, 403, 503) },
  }),
  async (c) => {
    const { tenant } = c.get("person");
    const [items, invitations] = await Promise.all([listPeople(tenant), listInvitations(tenant)]);
    return c.json({ items, invitations }, 200);
  },
);

people.openapi(
  route({
    method: "patch",
    path: "/people/{id}",
    tags: ["People"],
    summary: "Change somebody's roles, or disable them: their sessions end at once",
    security: SECURITY.person,
    middleware: personOnly("admin"),
    request: {
      params: IdParam,
      body: body(z.strictObject({ roles: Roles.optional(), status: z.enum(["active", "disabled"]).optional() })),
    },
    responses: { ...noContent, ...problems(400, 401, 403, 404, 409, 422, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    const actor = { kind: "person" as const, id: by.personId };
    const { id } = c.req.valid("param");
    const { roles, status } = c.req.valid("json");
    if (roles) await setRoles(by.tenant, actor, id, roles);
    if (status) await setStatus(by.tenant, actor, id, status);
    return c.body(null, 204);
  },
);

people.openapi(
  route({
    method: "post",
    path: "/invitations",
    tags: ["People"],
    summary: "Invite somebody; the link is in this answer and nowhere else",
    security: SECURITY.person,
    middleware: personOnly("admin"),
    request: { body: body(z.strictObject({ email: Email, name: PersonName.or(z.literal("")).default(""), roles: Roles })) },
    responses: { 201: json(z.object({ id: z.uuid(), link: z.url() })), ...problems(400, 401, 403, 409, 422, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    const { id, path } = await invite(by.tenant, by.personId, c.req.valid("json"));
    return c.json({ id: id ?? "", link: new URL(path, context().config.publicUrl).href }, 201);
  },
);

people.openapi(
  route({
    method: "delete",
    path: "/invitations/{id}",
    tags: ["People"],
    summary: "Withdraw an invitation",
    security: SECURITY.person,
    middleware: personOnly("admin"),
    request: { params: IdParam },
    responses: { ...noContent, ...problems(401, 403, 404, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    await withdrawInvitation(by.tenant, by.personId, c.req.valid("param").id);
    return c.body(null, 204);
  },
);

people.openapi(
  route({
    method: "post",
    path: "/invitations/accept",
    tags: ["People"],
    summary: "Accept an invitation by its link",
    description: "`password` null: sign in by single sign-on, whose verified e-mail must be the invited one.",
    security: SECURITY.nobody,
    middleware: publicRoute,
    request: { body: body(z.strictObject({ link: z.string().max(200), name: PersonName, password: z.string().max(200).nullable() })) },
    responses: { ...noContent, ...problems(400, 403, 409, 410, 422, 503) },
  }),
  async (c) => {
    const { link, name, password } = c.req.valid("json");
    await acceptInvitation(link, name, password);
    return c.body(null, 204);
  },
);

people.openapi(
  route({
    method: "post",
    path: "/setup",
    tags: ["People"],
    summary: "Use the printed set-up link: make the first admin",
    security: SECURITY.nobody,
    middleware: publicRoute,
    request: { body: body(z.strictObject({ token: z.string().max(100), name: PersonName, email: Email, password: z.string().max(200) })) },
    responses: { 201: json(z.object({ id: z.uuid() })), ...problems(400, 403, 409, 410, 422, 503) },
  }),
  async (c) => {
    const { token, ...input } = c.req.valid("json");
    return c.json({ id: await claimSetup(token, input) }, 201);
  },
);
