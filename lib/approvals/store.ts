import { door, doorValue, doorValues } from "@/lib/db/door";
import { Grouped } from "@/lib/db/grouped";
import type { Quorum } from "@/lib/policy/schema";
import { singleton } from "@/lib/platform/singleton";
import type { RequestRow } from "./row";
import type { Arguments } from "@/lib/catalog/arguments";
import type { AgentIdentity } from "@/lib/credentials/agent-keys";
import type { Action, Risk } from "@/lib/catalog/terms";
import type { PolicyError, Tried } from "@/lib/policy/runner";
import type { CounterSpec, Use } from "./uses";

/** One outcome of policy, as the SQL type `ask_over`. */
export interface SaidItem {
  effect: "allow" | "deny" | "ask";
  outcome: string | undefined;
  rule: string | undefined;
  reasons: string[];
  chain_id: string | undefined;
  chain_version: number | undefined;
  timeout: number;
  quorum: Quorum | undefined;
  on_timeout: "allow" | undefined;
  facts_digest: string;
}

/** One item of the SQL function `ask`; the same names as there. What is left out is null. */
export interface AskItem extends SaidItem {
  agent_id: string;
  key_id: string;
  session_id: string;
  idempotency_key: string | undefined;
  body_digest: string | undefined;
  tool_id: string | undefined;
  tool_version: number | undefined;
  tool_name: string;
  action_type: Action | undefined;
  arguments: Arguments;
  reason: string;
  trace_url: string | undefined;
  resource: string | undefined;
  scope: string | undefined;
  held: string[];
  risk: Risk;
  irreversibility: number;
  blast_radius: number;
  privilege: number;
  not_inspectable: string[];
  decisive: string[];
  policy_version: number;
  config_version: number;
  action_digest: string;
  explanation: string;
  /** Sent until the database is known to have it. */
  explained: { tried: Tried[]; errors: PolicyError[] } | undefined;
  memory_key: string | undefined;
  /** Seconds. */
  memory_for: number | undefined;
  use_within: number;
  most_pending: number;
  /** What happens instead when a counter is over. */
  overs: SaidItem[] | undefined;
  uses: Use[];
}

export interface AskAnswer {
  refusal: "key_revoked" | "idempotency_conflict" | "overdue_twin" | "stale_config" | "agent_disabled" | "rate_limited" | "again" | null;
  id: string;
  fresh: boolean;
  state: RequestRow["state"];
  outcome: string | null;
  retry_at: string | null;
  created_at: string;
  expires_at: string;
  use_by: string | null;
  level: number | null;
  level_due_at: string | null;
  asks: RequestRow["asks"];
  rule: string | null;
  reasons: string[] | null;
  facts_digest: string;
  chain_id: string | null;
  chain_version: number | null;
  again_of: string | null;
  /** rate_limited: which limit. */
  detail: string | null;
  quorum: Quorum | null;
}

export interface DecideItem {
  request_id: string;
  person_id: string;
  session_hash: string;
  content_version: number;
  digest: string;
  verdict: "approve" | "deny";
  comment: string | null;
  deny_reason: string | null;
  validity: "once" | null;
  confirm: Record<string, unknown>;
  use_within: number | null;
}

export interface DecideAnswer {
  refusal:
    | "not_found"
    | "is_change"
    | "signed_out"
    | "expired"
    | "already_terminal"
    | "stale"
    | "requester"
    | "not_asked"
    | "step_up_required"
    | "confirm_mismatch"
    | "in_trial"
    | "already_voted"
    | null;
  detail: string | null;
  state: RequestRow["state"] | null;
  /** As it is after the decision; null where nothing was decided. */
  request: RequestRow | null;
}

/** Answers come with their item's number, from 1. */
async function inOrder<Answer extends object>(name: string, tenant: string, ...args: unknown[]): Promise<Answer[]> {
  const rows = await door<Answer & { ord: number }>(tenant, name, args);
  return rows.sort((a, b) => a.ord - b.ord);
}

/** The items of one call, and the counters they share, each once; items name them by their place. */
function askTogether(tenant: string, items: AskItem[]): Promise<AskAnswer[]> {
  const counters = new Map<string, { spec: CounterSpec; at: number }>();
  const sent = items.map(({ uses, ...item }) => {
    if (!uses.length) return item;
    const at = uses.map(({ counter }) => {
      const known = counters.get(counter.key) ?? { spec: counter, at: counters.size + 1 };
      counters.set(counter.key, known);
      return known.at;
    });
    return {
      ...item,
      use_at: at,
      use_kind: uses.map((use) => use.kind),
      use_amount: uses.map((use) => use.amount),
      use_cap: uses.map((use) => use.cap),
      use_mark: uses.map((use) => use.mark),
      use_over: uses.map((use) => use.over),
    };
  });
  const specs = counters.size ? JSON.stringify([...counters.values()].map(({ spec }) => spec)) : null;
  return inOrder("ask", tenant, JSON.stringify(sent), specs);
}

/** Measured with bench/: a second call of one tenant in flight makes both groups smaller and costs more than it gains. */
const LIMITS = { size: 64, perTenant: 1, inAll: 6 } as const;

export const asks = singleton("asks", () => new Grouped<AskItem, AskAnswer>(askTogether, LIMITS));

export const decisions = singleton(
  "decisions",
  () => new Grouped<DecideItem, DecideAnswer>((tenant, items) => inOrder("decide", tenant, JSON.stringify(items)), LIMITS),
);

/** Rows by id, overdue ones expired first; null for what is not there (or not this agent's). Concurrent reads share a call. */
const reads = singleton(
  "reads",
  () =>
    new Grouped<string, RequestRow | null>(async (tenant, ids) => {
      const rows = await doorValues<RequestRow>(tenant, "read_requests", [ids]);
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id) ?? null);
    }, LIMITS),
);

export const readRequest = (tenant: string, id: string) => reads.submit(tenant, id);

const ownReads = singleton(
  "own reads",
  () =>
    new Grouped<{ id: string; keyId: string }, RequestRow | null>(async (tenant, asked) => {
      const keys = asked.map(({ keyId }) => keyId);
      const rows = await doorValues<RequestRow>(tenant, "read_own_requests", [asked.map(({ id }) => id), keys]);
      const byId = new Map(rows.map((row) => [row.id, row]));
      return asked.map(({ id }) => byId.get(id) ?? null);
    }, LIMITS),
);

/** A request of this key's agent; null also when the key does not hold any more. */
export const readOwnRequest = (agent: AgentIdentity, id: string) => ownReads.submit(agent.tenant, { id, keyId: agent.keyId });

export const expireNow = (tenant: string, ids: string[]) => doorValue<number>(tenant, "expire", [ids]);
