import { z } from "@hono/zod-openapi";
import { stepUp } from "@/lib/approvals/step-up";
import { changePassword } from "@/lib/people/change-password";
import { ROLES } from "@/lib/people/roles";
import { endSession, listSessions } from "@/lib/people/session";
import { addressOf, DECIDERS, personOnly } from "../authenticate";
import { router } from "../environment";
import { problems } from "../problem";
import { body, json, noContent, route, SECURITY } from "../route";

export const session = router();

const Password = z.string().min(1, "is empty").max(200);

const whoRoute = route({
  method: "get",
  path: "/session",
  tags: ["Session"],
  summary: "Who is signed in",
  security: SECURITY.person,
  middleware: personOnly(),
  request: {},
  responses: {
    200: json(
      z.object({
        tenant: z.string(),
        person: z.object({ id: z.uuid(), name: z.string(), email: z.string(), roles: z.array(z.enum(ROLES)), has_password: z.boolean() }),
      }),
    ),
    ...problems(401),
  },
});

session.openapi(whoRoute, (c) => {
  const { tenant, personId, name, email, roles, hasPassword } = c.get("person");
  return c.json({ tenant, person: { id: personId, name, email, roles, has_password: hasPassword } }, 200);
});

const stepUpRoute = route({
  method: "post",
  path: "/session/step-up",
  tags: ["Session", "Deciding"],
  summary: "Show that it is still you, for one high-risk request",
  description: "Serves that request in its present version, once, for two minutes.",
  security: SECURITY.person,
  middleware: personOnly(...DECIDERS),
  request: { body: body(z.strictObject({ password: Password, approval: z.uuid().describe("The request's id") })) },
  responses: { 200: json(z.object({ approval: z.uuid(), seconds: z.number() })), ...problems(400, 401, 403, 404, 409, 422, 429, 503) },
});

session.openapi(stepUpRoute, async (c) => {
  const { password, approval } = c.req.valid("json");
  await stepUp(c.get("person"), approval, password, addressOf(c));
  return c.json({ approval, seconds: 120 }, 200);
});

const passwordRoute = route({
  method: "post",
  path: "/session/password",
  tags: ["Session"],
  summary: "Change your password; every other session of yours ends",
  security: SECURITY.person,
  middleware: personOnly(),
  request: { body: body(z.strictObject({ current: Password, password: z.string().max(200) })) },
  responses: { ...noContent, ...problems(400, 401, 403, 409, 422, 429, 503) },
});

session.openapi(passwordRoute, async (c) => {
  const { current, password } = c.req.valid("json");
  await changePassword(c.get("person"), current, password, addressOf(c));
  return c.body(null, 204);
});

const listRoute = route({
  method: "get",
  path: "/sessions",
  tags: ["Session"],
  summary: "Your open sessions",
  security: SECURITY.person,
  middleware: personOnly(),
  request: {},
  responses: {
    200: json(
      z.object({
        items: z.array(
          z.object({ current: z.boolean(), user_agent: z.string(), created_at: z.iso.datetime(), last_seen_at: z.iso.datetime() }),
        ),
      }),
    ),
    ...problems(401),
  },
});

session.openapi(listRoute, async (c) => c.json({ items: await listSessions(c.get("person").sessionHash) }, 200));

const signOutRoute = route({
  method: "post",
  path: "/session/sign-out-everywhere",
  tags: ["Session"],
  summary: "End all your sessions, this one too, and forget their devices",
  security: SECURITY.person,
  middleware: personOnly(),
  request: {},
  responses: { 200: json(z.object({ ended: z.number() })), ...problems(401, 503) },
});

session.openapi(signOutRoute, async (c) => c.json({ ended: await endSession(c.get("person").sessionHash, true) }, 200));
