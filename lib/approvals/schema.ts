import { z } from "@hono/zod-openapi";
import { ToolName } from "@/lib/catalog/schema";
import { ACTIONS, RISKS } from "@/lib/catalog/terms";
import { DENY_REASONS, STATES } from "./terms";

const line = (max: number) =>
  z
    .string()
    .min(1, "is empty")
    .max(max)
    .refine((text) => !/\p{Cc}/u.test(text), "holds control characters");

/** Said to the reference by hand: a schema that contains itself has no end. */
const JsonObject = z.record(z.string(), z.json()).openapi({ type: "object", additionalProperties: true });

const HttpUrl = z
  .string()
  .max(2000)
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), "is not an http(s) URL");

export const AskInput = z
  .strictObject({
    tool: ToolName.openapi({ example: "users.delete" }),
    arguments: JsonObject.openapi({ example: { id: "u_48213" } }),
    reason: z
      .string()
      .trim()
      .min(1, "is empty")
      .max(4000)
      .describe("Why, in the agent's words; shown to people as such")
      .openapi({ example: "asked by the customer" }),
    session_id: line(200).describe("A label of the agent's own for the run this call belongs to").openapi({ example: "s_91" }),
    resource: z.string().max(2000).optional().describe("What the agent believes it acts on. Checked against what the catalog derives"),
    scope: z.string().max(200).optional().describe("The scope the agent believes it needs. Checked likewise"),
    on_behalf_of: z.undefined({ error: "cannot be verified yet, so it is not accepted" }).optional().openapi({ type: "null" }),
    trace_url: HttpUrl.optional().describe("Where the run can be looked at; shown as the agent's claim"),
  })
  .openapi("AskInput");
export type AskInput = z.infer<typeof AskInput>;

export const DecisionInput = z
  .strictObject({
    verdict: z.enum(["approve", "deny"]),
    comment: z.string().trim().max(2000).optional().describe("The agent can read it"),
    reason: z.enum(DENY_REASONS).optional().describe("With a denial; the agent can read it"),
    digest: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "is not 64 hex digits")
      .describe("The request's action_digest, as shown: what is decided about"),
    validity: z.literal("once").optional(),
    confirm: JsonObject.optional().describe("At high risk: the value at each decisive pointer, entered by the person"),
  })
  .refine((input) => input.verdict === "deny" || input.reason === undefined, { path: ["reason"], error: "goes with a denial" })
  .openapi("DecisionInput");
export type DecisionInput = z.infer<typeof DecisionInput>;

const Time = z.iso.datetime();

export const Approval = z
  .object({
    id: z.uuid(),
    status: z.enum(STATES).describe("The state's name; silence is expired"),
    agent: z.object({ id: z.uuid(), name: z.string() }),
    tool: z.string(),
    tool_version: z.number().nullable(),
    action: z.enum(ACTIONS).nullable(),
    arguments: JsonObject.describe("Exactly what would be done, the schema's defaults filled in"),
    decisive: z.array(z.string()).describe("JSON Pointers a person must confirm at high risk"),
    resource: z.string().nullable(),
    scope: z.object({ requested: z.string().nullable(), granted: z.string().nullable(), held: z.array(z.string()) }),
    reason: z.string().describe("The agent's words"),
    session_id: z.string(),
    trace_url: z.string().nullable(),
    risk: z.object({
      level: z.enum(RISKS),
      axes: z.object({ irreversibility: z.number(), blast_radius: z.number(), privilege: z.number() }),
      reasons: z.array(z.string()).describe("Reason codes"),
    }),
    action_digest: z.string().describe("SHA-256 in hex over the canonical action"),
    content_version: z.number().describe("The ETag"),
    revision: z.number().describe("Rises with every event"),
    created_at: Time,
    expires_at: Time,
    seconds_left: z.number().nullable().describe("While pending: until silence means no"),
    level: z
      .object({ number: z.number(), of: z.number(), asks: z.enum(["approver", "security_officer"]), next_at: Time.nullable() })
      .nullable()
      .describe("While pending: the level of people asked, and when the next is asked too"),
    votes: z
      .object({ needed: z.number(), given: z.number() })
      .nullable()
      .describe("Several people must approve: how many, and how many have. Null: one is enough"),
    retry_after: z.number().nullable().describe("While pending: seconds until it is worth asking again without Prefer: wait"),
    decision: z
      .object({
        by: z.enum(["policy", "person", "silence", "agent"]),
        at: Time,
        reason: z
          .string()
          .describe("Reason code: person, policy, silence, withdrawn, unknown_tool, not_granted, blocked, no_chain, no_approver"),
        comment: z.string().nullable(),
        deny_reason: z.enum(DENY_REASONS).nullable(),
        validity: z.literal("once").nullable(),
        use_by: Time.nullable(),
        uses_left: z.number().nullable(),
        ask_again: z
          .enum(["no", "later", "changed"])
          .nullable()
          .describe("Does asking again make sense? later: at retry_at; changed: once somebody changed the configuration"),
        retry_at: Time.nullable(),
      })
      .nullable(),
    links: z.object({ self: z.string(), review: z.string(), cancel: z.string().nullable() }),
  })
  .openapi("Approval");
export type Approval = z.infer<typeof Approval>;
