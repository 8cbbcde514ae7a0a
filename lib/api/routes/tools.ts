import { z } from "@hono/zod-openapi";
import { Pinned, ToolInput } from "@/lib/catalog/schema";
import { ACTIONS, IMPACTS, KINDS, REVERSIBILITIES, RISKS } from "@/lib/catalog/terms";
import { defineTool, listTools, takeOutTool, writeTool } from "@/lib/catalog/tools";
import { readPolicy } from "@/lib/policy/policies";
import { parsePolicy } from "@/lib/policy/parse";
import { personOnly } from "../authenticate";
import { router } from "../environment";
import { noSuchRoute, problems } from "../problem";
import { body, json, noContent, route, SECURITY } from "../route";
import { changed, PROPOSED } from "./changes";

export const tools = router();

const Tool = z
  .object({
    id: z.uuid(),
    name: z.string(),
    version: z.number(),
    title: z.string().nullable(),
    action: z.enum(ACTIONS),
    impact: z.enum(IMPACTS),
    reversibility: z.enum(REVERSIBILITIES),
    risk: z.enum(RISKS),
    justification: z.string().nullable(),
    method: z.string().nullable(),
    path: z.string().nullable(),
    resource: z.string().nullable().describe("Template over the arguments; null: the path's"),
    mcp: z.object({ server: z.string(), tool: z.string() }).nullable(),
    scope: z.string(),
    arguments: z.record(z.string(), z.unknown()).nullable(),
    decisive: z.array(z.string()),
    sensitive: z.array(z.string()),
    kinds: z.record(z.string(), z.enum(KINDS)),
    cost: z.number().nullable(),
    owner: z.string().nullable(),
    pinned: Pinned.nullable().describe("The tool at its source, as it was accepted"),
    definition_hash: z.string(),
  })
  .openapi("Tool");

tools.openapi(
  route({
    method: "get",
    path: "/tools",
    tags: ["Tools"],
    summary: "List the catalog",
    security: SECURITY.person,
    middleware: personOnly(),
    request: {},
    responses: { 200: json(z.object({ items: z.array(Tool) })), ...problems(401, 503) },
  }),
  async (c) => {
    const items = await listTools(c.get("person").tenant);
    return c.json({ items: items.map(({ definitionHash, ...tool }) => ({ ...tool, definition_hash: definitionHash })) }, 200);
  },
);

tools.openapi(
  route({
    method: "post",
    path: "/tools",
    tags: ["Tools"],
    summary: "Register a tool, or publish its next version",
    description: "Risk is derived from impact and reversibility; without a justification it is high.",
    security: SECURITY.person,
    middleware: personOnly("admin"),
    request: { body: body(ToolInput) },
    responses: {
      200: json(z.object({ name: z.string(), version: z.number(), changed: z.boolean() })),
      ...PROPOSED,
      ...problems(400, 401, 403, 409, 422, 503),
    },
  }),
  async (c) => {
    const by = c.get("person");
    const tool = c.req.valid("json");
    const definition = defineTool(tool);
    const outcome = await changed(by, { op: "save_tool", tool }, (orm) => writeTool(orm, by.tenant, definition));
    return "proposed" in outcome ? c.json(outcome, 202) : c.json(outcome.live, 200);
  },
);

tools.openapi(
  route({
    method: "delete",
    path: "/tools",
    tags: ["Tools"],
    summary: "Take a tool out of the catalog: from now on it is denied",
    security: SECURITY.person,
    middleware: personOnly("admin"),
    request: { query: z.strictObject({ name: z.string().max(128) }) },
    responses: { ...noContent, ...problems(401, 403, 404, 422, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    const { name } = c.req.valid("query");
    await changed(by, { op: "remove_tool", name }, (orm) => takeOutTool(orm, by.tenant, name));
    return c.body(null, 204);
  },
);

tools.openapi(
  route({
    method: "get",
    path: "/policy",
    tags: ["Policy"],
    summary: "The policy in force",
    security: SECURITY.person,
    middleware: personOnly(),
    request: {},
    responses: {
      200: json(
        z.object({
          version: z.number(),
          document: z.string().describe("YAML, as it was published"),
          timeout: z.object({ low: z.number(), medium: z.number(), high: z.number() }).describe("Seconds until silence means no"),
          created_at: z.iso.datetime(),
        }),
      ),
      ...problems(401, 503),
    },
  }),
  async (c) => {
    const policy = await readPolicy(c.get("person").tenant);
    if (!policy) throw noSuchRoute();
    const { version, document, created_at } = policy;
    return c.json({ version, document, timeout: parsePolicy(document).timeout, created_at }, 200);
  },
);
