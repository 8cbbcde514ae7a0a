import type { Arguments } from "@/lib/catalog/arguments";
import type { Action, Risk } from "@/lib/catalog/terms";
import type { Quorum } from "@/lib/policy/schema";
import type { DenyReason, State } from "./terms";

export { isTerminal } from "./transition";

/** A request as `read_requests` returns it: the row as JSON, names and the database's clock added. */
export interface RequestRow {
  tenant_id: string;
  id: string;
  state: State;
  content_version: number;
  revision: number;
  agent_id: string;
  agent_name: string;
  owner_id: string;
  key_id: string;
  session_id: string;
  tool_id: string | null;
  tool_version: number | null;
  tool_name: string;
  action_type: Action | null;
  arguments: Arguments;
  reason: string;
  trace_url: string | null;
  resource: string | null;
  scope: string | null;
  held: string[];
  risk: Risk;
  irreversibility: number;
  blast_radius: number;
  privilege: number;
  not_inspectable: string[];
  decisive: string[];
  rule: string | null;
  reasons: string[];
  policy_version: number;
  /** `\x…` as PostgreSQL writes bytes. */
  action_digest: string;
  facts_digest: string;
  chain_id: string | null;
  chain_version: number | null;
  level: number | null;
  levels: number | null;
  asks: "approver" | "security_officer" | null;
  level_asked_at: string | null;
  level_due_at: string | null;
  created_at: string;
  updated_at: string;
  expires_at: string;
  decided_at: string | null;
  decided_by: "policy" | "person" | "silence" | "agent" | null;
  decided_person: string | null;
  decided_by_name: string | null;
  outcome: string | null;
  comment: string | null;
  deny_reason: DenyReason | null;
  validity: "once" | null;
  granted_scope: string | null;
  use_by: string | null;
  uses_left: number | null;
  retry_at: string | null;
  /** The request whose end this one met again (requirement C7). */
  again_of: string | null;
  /** How many must approve, or how many of each role; null: one. */
  quorum: Quorum | null;
  /** Who has approved this version so far; null where one is enough. */
  votes: { person: string; name: string; at: string }[] | null;
  /** The digest its explanation is kept by. */
  explanation: string | null;
  /** The database's clock when this was read. */
  now: string;
}

/** Hex of a `bytea` in JSON. */
export const hex = (bytes: string) => bytes.replace(/^\\x/, "");
