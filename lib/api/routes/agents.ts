import { z } from "@hono/zod-openapi";
import { listAgents, patchAgent, readAgent, writeAgent } from "@/lib/catalog/agents";
import { alreadyGranted, endGrant, listGrants, writeGrant } from "@/lib/catalog/grants";
import { AgentInput, AgentPatch, GrantInput } from "@/lib/catalog/schema";
import { ACTIONS, HELD_STAGES, RISKS } from "@/lib/catalog/terms";
import { createKey, listKeys, noSuchAgent, revokeKey } from "@/lib/credentials/agent-keys";
import { readsAll } from "@/lib/people/roles";
import type { SignedIn } from "@/lib/people/schema";
import { personOnly } from "../authenticate";
import { router } from "../environment";
import { problems } from "../problem";
import { body, IdParam, json, noContent, route, SECURITY } from "../route";
import { changed, PROPOSED } from "./changes";

export const agents = router();

const person = (by: SignedIn) => ({ kind: "person" as const, id: by.personId });
const admin = personOnly("admin");

const Agent = z
  .object({
    id: z.uuid(),
    name: z.string(),
    owner_id: z.uuid(),
    owner_name: z.string(),
    responsibility: z.string(),
    out_of_scope: z.array(z.string()),
    status: z.enum(["active", "disabled"]),
    stage: z.enum(HELD_STAGES).describe("In trial nothing that writes is ever released"),
    created_at: z.iso.datetime(),
    grants: z.number().describe("Tools it may use"),
    keys: z.number().describe("Keys that are good now"),
  })
  .openapi("Agent");

const Grant = z
  .object({
    id: z.uuid(),
    tool_id: z.uuid(),
    tool: z.string(),
    title: z.string().nullable(),
    action: z.enum(ACTIONS),
    method: z.string().nullable(),
    path: z.string().nullable(),
    risk: z.enum(RISKS),
    justification: z.string(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable(),
    expired: z.boolean().describe("It is over: as if it were not there"),
  })
  .openapi("Grant");

const Key = z
  .object({
    id: z.string(),
    agent_id: z.uuid(),
    created_by: z.uuid().nullable().describe("Null: the operator's command"),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable(),
    last_used_at: z.iso.datetime().nullable(),
    revoked_at: z.iso.datetime().nullable(),
  })
  .openapi("AgentKey");

agents.openapi(
  route({
    method: "get",
    path: "/agents",
    tags: ["Agents"],
    summary: "List agents",
    description: "Owners see their own.",
    security: SECURITY.person,
    middleware: personOnly(),
    request: {},
    responses: { 200: json(z.object({ items: z.array(Agent) })), ...problems(401, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    const items = (await listAgents(by.tenant)).filter((agent) => readsAll(by) || agent.owner_id === by.personId);
    return c.json({ items }, 200);
  },
);

agents.openapi(
  route({
    method: "post",
    path: "/agents",
    tags: ["Agents"],
    summary: "Register an agent",
    security: SECURITY.person,
    middleware: admin,
    request: { body: body(AgentInput) },
    responses: { 201: json(z.object({ id: z.uuid() })), ...PROPOSED, ...problems(400, 401, 403, 409, 422, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    const agent = c.req.valid("json");
    const outcome = await changed(by, { op: "register_agent", agent }, (orm) => writeAgent(orm, by.tenant, agent));
    return "proposed" in outcome ? c.json(outcome, 202) : c.json({ id: outcome.live }, 201);
  },
);

agents.openapi(
  route({
    method: "get",
    path: "/agents/{id}",
    tags: ["Agents"],
    summary: "Read an agent, its grants and its keys",
    security: SECURITY.person,
    middleware: personOnly(),
    request: { params: IdParam },
    responses: { 200: json(z.object({ agent: Agent, grants: z.array(Grant), keys: z.array(Key) })), ...problems(401, 404, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    const { id } = c.req.valid("param");
    const agent = await readAgent(by.tenant, id);
    if (!agent || (!readsAll(by) && agent.owner_id !== by.personId)) throw noSuchAgent();
    const [grants, keys] = await Promise.all([listGrants(by.tenant, id), listKeys(by.tenant, id)]);
    return c.json({ agent, grants, keys }, 200);
  },
);

agents.openapi(
  route({
    method: "patch",
    path: "/agents/{id}",
    tags: ["Agents"],
    summary: "Change an agent's owner, responsibility, limits or status",
    security: SECURITY.person,
    middleware: admin,
    request: { params: IdParam, body: body(AgentPatch) },
    responses: { ...noContent, ...PROPOSED, ...problems(400, 401, 403, 404, 409, 422, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    const { id } = c.req.valid("param");
    const patch = c.req.valid("json");
    const outcome = await changed(by, { op: "update_agent", id, patch }, (orm) => patchAgent(orm, by.tenant, id, patch));
    return "proposed" in outcome ? c.json(outcome, 202) : c.body(null, 204);
  },
);

agents.openapi(
  route({
    method: "post",
    path: "/agents/{id}/keys",
    tags: ["Agents"],
    summary: "Make a key; its text is in this answer and nowhere else",
    description: "Who makes it is on the requester's side and never decides this agent's requests.",
    security: SECURITY.person,
    middleware: admin,
    request: { params: IdParam },
    responses: { 201: json(z.object({ id: z.string(), key: z.string() })), ...problems(401, 403, 404, 409, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    return c.json(await createKey(by.tenant, person(by), c.req.valid("param").id), 201);
  },
);

agents.openapi(
  route({
    method: "delete",
    path: "/keys/{id}",
    tags: ["Agents"],
    summary: "Revoke a key, at once and everywhere",
    security: SECURITY.person,
    middleware: admin,
    request: { params: z.strictObject({ id: z.string().max(40) }) },
    responses: { ...noContent, ...problems(401, 403, 404, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    await revokeKey(by.tenant, person(by), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

agents.openapi(
  route({
    method: "post",
    path: "/grants",
    tags: ["Agents"],
    summary: "Grant an agent a tool, and say why",
    security: SECURITY.person,
    middleware: admin,
    request: { body: body(GrantInput) },
    responses: { 201: json(z.object({ id: z.uuid() })), ...PROPOSED, ...problems(400, 401, 403, 404, 409, 422, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    const grant = c.req.valid("json");
    const outcome = await changed(by, { op: "grant", grant }, async (orm) => {
      const { id, changed } = await writeGrant(orm, by.tenant, grant);
      if (!changed) throw alreadyGranted();
      return id;
    });
    return "proposed" in outcome ? c.json(outcome, 202) : c.json({ id: outcome.live }, 201);
  },
);

agents.openapi(
  route({
    method: "delete",
    path: "/grants/{id}",
    tags: ["Agents"],
    summary: "Revoke a grant",
    security: SECURITY.person,
    middleware: admin,
    request: { params: IdParam },
    responses: { ...noContent, ...problems(401, 403, 404, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    const { id } = c.req.valid("param");
    await changed(by, { op: "revoke_grant", id }, (orm) => endGrant(orm, by.tenant, id));
    return c.body(null, 204);
  },
);
