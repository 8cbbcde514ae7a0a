import { z } from "@hono/zod-openapi";
import { AgentInput, AgentName, AgentPatch, GrantInput, ToolInput } from "@/lib/catalog/schema";
import { HELD_STAGES } from "@/lib/catalog/terms";
import { STATES } from "@/lib/approvals/terms";
import { ChainInput } from "@/lib/escalation/schema";

/** Why an agent is promoted although a check of its readiness is not met. */
export const Exceptions = z
  .array(z.strictObject({ check: z.string().max(64), reason: z.string().trim().min(1).max(500) }))
  .max(20)
  .default([]);

/** What a change may do: a closed list. Each is handled by the entry of its name in `operations.ts`. */
export const Operation = z
  .discriminatedUnion("op", [
    z.strictObject({ op: z.literal("save_tool"), tool: ToolInput }),
    z.strictObject({ op: z.literal("remove_tool"), name: z.string().max(128) }),
    z.strictObject({ op: z.literal("grant"), grant: GrantInput }),
    z.strictObject({ op: z.literal("revoke_grant"), id: z.uuid() }),
    z.strictObject({ op: z.literal("save_chain"), chain: ChainInput }),
    z.strictObject({ op: z.literal("remove_chain"), id: z.uuid() }),
    z.strictObject({ op: z.literal("publish_policy"), document: z.string().max(65_536) }),
    z.strictObject({ op: z.literal("register_agent"), agent: AgentInput }),
    z.strictObject({ op: z.literal("set_stage"), agent: AgentName, stage: z.enum(HELD_STAGES), exceptions: Exceptions }),
    z.strictObject({ op: z.literal("update_agent"), id: z.uuid(), patch: AgentPatch }),
  ])
  .openapi("Operation");
export type Operation = z.infer<typeof Operation>;

export const ChangeInput = z
  .strictObject({
    reason: z.string().trim().min(1, "is empty").max(2000).describe("Why; shown to who approves"),
    operations: z.array(Operation).min(1, "is empty").max(2000),
  })
  .openapi("ChangeInput");
export type ChangeInput = z.infer<typeof ChangeInput>;

const Side = z.record(z.string(), z.json()).openapi({ type: "object", additionalProperties: true }).nullable();

/** One touched object, as it is and as it would be; null: it is not there. */
export const Touched = z.object({ object: z.string(), before: Side, after: Side }).openapi("Touched");
export type Touched = z.infer<typeof Touched>;

/** What a change's row carries and its digest covers. */
export const Content = z.strictObject({ base: z.array(Touched), operations: z.array(Operation) });
export type Content = z.infer<typeof Content>;

export const Change = z
  .object({
    id: z.uuid(),
    kind: z.literal("change"),
    status: z.enum(STATES),
    proposed_by: z.object({ id: z.uuid().nullable(), name: z.string().describe("The operator's command has no id") }),
    reason: z.string(),
    summary: z.array(z.string()).describe("What would be done, in words"),
    diff: z.array(Touched),
    action_digest: z.string(),
    content_version: z.number().describe("The ETag"),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    now: z.iso.datetime(),
    asks: z.array(z.string()).describe("The admins who may approve it"),
    refusal: z.enum(["requester", "not_asked"]).nullable().describe("While pending: null when you may decide it"),
    decision: z.object({ by: z.string(), at: z.iso.datetime(), comment: z.string().nullable() }).nullable(),
  })
  .openapi("Change");
export type Change = z.infer<typeof Change>;
