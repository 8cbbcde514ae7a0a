import { z } from "@hono/zod-openapi";
import { chainWarnings, eraseChain, listChainPeople, listChains, readTimeouts, writeChain } from "@/lib/escalation/chains";
import { ChainInput } from "@/lib/escalation/schema";
import { ROLES } from "@/lib/people/roles";
import { personOnly } from "../authenticate";
import { router } from "../environment";
import { problems } from "../problem";
import { body, IdParam, json, noContent, route, SECURITY } from "../route";
import { changed, PROPOSED } from "./changes";

export const chains = router();

const Chain = z
  .object({
    id: z.uuid(),
    name: z.string(),
    version: z.number(),
    levels: z.array(z.object({ people: z.array(z.uuid()), escalate_after: z.number().optional() })),
  })
  .openapi("Chain");

const ChainPerson = z
  .object({
    id: z.uuid(),
    name: z.string(),
    email: z.string().nullable(),
    roles: z.array(z.enum(ROLES)),
    status: z.enum(["active", "disabled"]),
    signs_in: z.boolean(),
    devices: z.number(),
  })
  .openapi("ChainPerson");

chains.openapi(
  route({
    method: "get",
    path: "/chains",
    tags: ["Chains"],
    summary: "List escalation chains, whom they can name, and the deadlines they must fit",
    security: SECURITY.person,
    middleware: personOnly(),
    request: {},
    responses: {
      200: json(
        z.object({
          items: z.array(Chain),
          people: z.array(ChainPerson),
          timeout: z.object({ low: z.number(), medium: z.number(), high: z.number() }),
        }),
      ),
      ...problems(401, 503),
    },
  }),
  async (c) => {
    const { tenant } = c.get("person");
    const [items, people, timeout] = await Promise.all([listChains(tenant), listChainPeople(tenant), readTimeouts(tenant)]);
    return c.json({ items, people, timeout }, 200);
  },
);

chains.openapi(
  route({
    method: "post",
    path: "/chains",
    tags: ["Chains"],
    summary: "Publish a chain, new or as the next version of the one of that name",
    security: SECURITY.person,
    middleware: personOnly("admin"),
    request: { body: body(ChainInput) },
    responses: {
      200: json(z.object({ id: z.uuid(), version: z.number(), changed: z.boolean(), warnings: z.array(z.string()) })),
      ...PROPOSED,
      ...problems(400, 401, 403, 409, 422, 503),
    },
  }),
  async (c) => {
    const by = c.get("person");
    const chain = c.req.valid("json");
    const warnings = await chainWarnings(by.tenant, chain);
    const outcome = await changed(by, { op: "save_chain", chain }, (orm) => writeChain(orm, by.tenant, chain));
    return "proposed" in outcome ? c.json(outcome, 202) : c.json({ ...outcome.live, warnings }, 200);
  },
);

chains.openapi(
  route({
    method: "delete",
    path: "/chains/{id}",
    tags: ["Chains"],
    summary: "Remove a chain that no rule asks",
    security: SECURITY.person,
    middleware: personOnly("admin"),
    request: { params: IdParam },
    responses: { ...noContent, ...PROPOSED, ...problems(401, 403, 404, 409, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    const { id } = c.req.valid("param");
    const outcome = await changed(by, { op: "remove_chain", id }, (orm) => eraseChain(orm, by.tenant, id));
    return "proposed" in outcome ? c.json(outcome, 202) : c.body(null, 204);
  },
);
