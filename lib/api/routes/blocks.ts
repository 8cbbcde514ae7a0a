import { z } from "@hono/zod-openapi";
import { liftBlock, listBlocks } from "@/lib/approvals/blocks";
import { DIMENSIONS } from "@/lib/policy/limits";
import { listNotices, seeNotices } from "@/lib/notifications/notices";
import { DECIDERS, personOnly } from "../authenticate";
import { router } from "../environment";
import { problems } from "../problem";
import { body, IdParam, json, noContent, route, SECURITY } from "../route";

export const blocks = router();

const Block = z
  .object({
    id: z.uuid(),
    agent_id: z.uuid(),
    agent: z.string(),
    tool: z.string(),
    title: z.string().nullable(),
    request_id: z.uuid(),
    created_at: z.iso.datetime(),
    ends_at: z.iso.datetime(),
  })
  .openapi("Block");

const Notice = z
  .object({
    id: z.uuid(),
    kind: z.enum(["unanswered", "limited"]),
    request_id: z.uuid().nullable(),
    tool: z.string(),
    agent: z.string(),
    created_at: z.iso.datetime(),
    detail: z
      .strictObject({ limit: z.enum(DIMENSIONS), cap: z.number() })
      .partial()
      .loose(),
  })
  .openapi("Notice");

blocks.openapi(
  route({
    method: "get",
    path: "/blocks",
    tags: ["Blocks"],
    summary: "Tools that are closed for an agent because nobody answered",
    security: SECURITY.person,
    middleware: personOnly(),
    request: {},
    responses: {
      200: json(z.object({ items: z.array(Block), now: z.iso.datetime().describe("The database's clock, for countdowns") })),
      ...problems(401, 503),
    },
  }),
  async (c) => c.json(await listBlocks(c.get("person")), 200),
);

blocks.openapi(
  route({
    method: "post",
    path: "/blocks/{id}/lift",
    tags: ["Blocks"],
    summary: "Let the agent use the tool again",
    description: "For a person of the chain that was silent, and never for the requester's side.",
    security: SECURITY.person,
    middleware: personOnly(...DECIDERS),
    request: { params: IdParam },
    responses: { ...noContent, ...problems(401, 403, 404, 409, 503) },
  }),
  async (c) => {
    await liftBlock(c.get("person"), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

blocks.openapi(
  route({
    method: "get",
    path: "/notices",
    tags: ["Blocks"],
    summary: "What you are told in the application and have not put away",
    security: SECURITY.person,
    middleware: personOnly(),
    request: {},
    responses: { 200: json(z.object({ items: z.array(Notice) })), ...problems(401, 503) },
  }),
  async (c) => c.json({ items: await listNotices(c.get("person")) }, 200),
);

blocks.openapi(
  route({
    method: "post",
    path: "/notices/seen",
    tags: ["Blocks"],
    summary: "Put notices away",
    security: SECURITY.person,
    middleware: personOnly(),
    request: { body: body(z.strictObject({ ids: z.array(z.uuid()).min(1).max(100) })) },
    responses: { ...noContent, ...problems(400, 401, 422, 503) },
  }),
  async (c) => {
    await seeNotices(c.get("person"), c.req.valid("json").ids);
    return c.body(null, 204);
  },
);
