import { z } from "@hono/zod-openapi";
import {
  ACTIONS,
  IMPACTS,
  KINDS,
  METHODS,
  REVERSIBILITIES,
  RISKS,
  type Action,
  type Impact,
  type Kind,
  type Reversibility,
  type Risk as RiskName,
  type Stage,
} from "./terms";

const sentence = (max: number) => z.string().trim().min(1, "is empty").max(max);

export const AgentName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "is not a name: lower-case letters, digits, . _ -");
export const ToolName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/:-]{0,127}$/, "is not a name: letters, digits, . _ / : -");

const OUT_OF_SCOPE =
  "Tool names, with * as a wildcard, that it must never be granted; after `resource:` resources that it must never act on: resource:/admin/*";

export const AgentInput = z.strictObject({
  name: AgentName,
  owner: z.uuid().describe("The person who answers for it, and who never decides its requests"),
  responsibility: sentence(500).describe("One sentence: what it is for"),
  out_of_scope: z.array(sentence(128)).max(50).default([]).describe(OUT_OF_SCOPE),
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

/** A tool's definition as it stands at its source, as it was accepted: what differs later is not that tool. */
export const Pinned = z.strictObject({
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "is not a SHA-256 in hex")
    .describe("Of name, description, schemas, annotations, server and package"),
  description: z.string().max(8000).optional().describe("The upstream's own words, shown as such"),
  annotations: z.record(z.string(), z.json()).optional().openapi({ type: "object", additionalProperties: true }),
  server: sentence(200).optional().describe("Name and version the server gives itself"),
  package: sentence(300).optional().describe("The package's integrity, such as sha512-…"),
});
export type Pinned = z.infer<typeof Pinned>;

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
  resource: z
    .string()
    .regex(/^[^\s]{1,500}$/, "has spaces, or more than 500 characters")
    .optional()
    .describe("Template over the arguments, inner ones by dots: repos/{owner}/{repo}/issues/{issue.number}. Default: the path"),
  mcp: z
    .strictObject({ server: sentence(64), tool: sentence(128) })
    .optional()
    .describe("The MCP server's name and its tool"),
  scope: Scope.optional().describe("Default: the name, with : for . May be a template: repos:{owner}:write"),
  justification: sentence(500).optional().describe("Why the risk that impact and reversibility give is right. Without it: high"),
  risk: z
    .enum(RISKS)
    .optional()
    .describe("Another risk than impact and reversibility give. Lower only with a justification, and never for what deletes"),
  arguments: z
    .record(z.string(), z.json())
    .openapi({ type: "object", additionalProperties: true })
    .optional()
    .describe("JSON Schema of the arguments"),
  decisive: z.array(z.string().min(1).max(200)).max(10).default([]).describe("Arguments a person must confirm at high risk"),
  sensitive: z.array(z.string().min(1).max(200)).max(50).default([]).describe("Arguments shown first"),
  kinds: z.record(z.string().min(1).max(200), z.enum(KINDS)).optional().describe("What arguments are: how they are drawn for people"),
  cost: z.number().min(0).max(1e9).optional().describe("Of one call, in the unit of the policy's limits (cost)"),
  owner: sentence(254).optional().describe("Who answers for the tool, by e-mail"),
  pinned: Pinned.optional(),
});
export type ToolInput = z.infer<typeof ToolInput>;

export const GrantInput = z.strictObject({
  agent: AgentName,
  tool: ToolName,
  justification: sentence(500),
  expires_at: z.iso.datetime({ offset: true }).optional().describe("From then on it is as if it were not there"),
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
  resource: string | null;
  mcp: { server: string; tool: string } | null;
  /** May be a template over the arguments. */
  scope: string;
  arguments: Record<string, unknown> | null;
  /** JSON Pointers. */
  decisive: string[];
  /** JSON Pointers. */
  sensitive: string[];
  /** By JSON Pointer. */
  kinds: Record<string, Kind>;
  /** Of one call. */
  cost: number | null;
  owner: string | null;
  pinned: Pinned | null;
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
  stage: Stage;
  created_at: string;
  /** Tools it may use. */
  grants: number;
  /** Keys that are good now. */
  keys: number;
}
