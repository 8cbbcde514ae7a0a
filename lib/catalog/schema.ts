import { z } from "@hono/zod-openapi";
import { ACTIONS, IMPACTS, METHODS, REVERSIBILITIES, type Action, type Impact, type Reversibility, type Risk as RiskName } from "./terms";

const sentence = (max: number) => z.string().trim().min(1, "is empty").max(max);

export const AgentName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "is not a name: lower-case letters, digits, . _ -");
export const ToolName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}$/, "is not a name: letters, digits, . _ / : -");

export const AgentInput = z.strictObject({
  name: AgentName,
  owner: z.uuid().describe("The person who answers for it, and who never decides its requests"),
  responsibility: sentence(500).describe("One sentence: what it is for"),
  out_of_scope: z.array(sentence(128)).max(50).default([]).describe("Tool names, with * as a wildcard, that it must never be granted"),
});
export type AgentInput = z.infer<typeof AgentInput>;

export const AgentPatch = z
  .strictObject({
    owner: z.uuid(),
    responsibility: sentence(500),
    out_of_scope: z.array(sentence(128)).max(50),
    status: z.enum(["active", "disabled"]),
  })
  .partial();
export type AgentPatch = z.infer<typeof AgentPatch>;

/** RFC 6749 scope token, with `:` as the separator we use. */
const Scope = z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,200}$/, "is not a scope (RFC 6749)");

/** What a person writes about a tool; everything else is derived. The keys of `licet.yaml`'s `tools:` and of the API. */
export const ToolInput = z.strictObject({
  name: ToolName,
  title: sentence(200).optional().describe('What it does, for people: "Delete user {id} for good". Braces name arguments'),
  action: z.enum(ACTIONS),
  impact: z.enum(IMPACTS),
  reversibility: z.enum(REVERSIBILITIES),
  method: z.enum(METHODS).optional(),
  path: z
    .string()
    .max(500)
    .regex(/^\/[^\s?#]*$/, "is not a path: it starts with / and has neither spaces nor a query")
    .optional()
    .describe("URI template: /users/{id}. Filled in from the arguments it gives the resource"),
  scope: Scope.optional().describe("Default: the name, with : for ."),
  justification: sentence(500).optional().describe("Why the risk that impact and reversibility give is right. Without it: high"),
  arguments: z
    .record(z.string(), z.json())
    .openapi({ type: "object", additionalProperties: true })
    .optional()
    .describe("JSON Schema of the arguments"),
  decisive: z.array(z.string().min(1).max(200)).max(10).default([]).describe("Arguments a person must confirm at high risk"),
  sensitive: z.array(z.string().min(1).max(200)).max(50).default([]).describe("Arguments shown first"),
});
export type ToolInput = z.infer<typeof ToolInput>;

export const GrantInput = z.strictObject({
  agent: AgentName,
  tool: ToolName,
  justification: sentence(500),
});
export type GrantInput = z.infer<typeof GrantInput>;

/** A tool in the version that is in force. */
export interface Tool {
  id: string;
  name: string;
  version: number;
  title: string | null;
  action: Action;
  impact: Impact;
  reversibility: Reversibility;
  risk: RiskName;
  justification: string | null;
  method: string | null;
  path: string | null;
  scope: string;
  arguments: Record<string, unknown> | null;
  /** JSON Pointers. */
  decisive: string[];
  /** JSON Pointers. */
  sensitive: string[];
  /** SHA-256 in hex of what is pinned. */
  definitionHash: string;
}

export interface Agent {
  id: string;
  name: string;
  owner_id: string;
  owner_name: string;
  responsibility: string;
  out_of_scope: string[];
  status: "active" | "disabled";
  created_at: string;
  /** Tools it may use. */
  grants: number;
  /** Keys that are good now. */
  keys: number;
}
