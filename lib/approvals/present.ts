import type { Quorum } from "@/lib/policy/schema";
import { isoTime } from "@/lib/platform/iso-time";
import { ASK_AGAIN } from "./terms";
import { hex, type RequestRow } from "./row";
import type { Approval } from "./schema";

const timeOrNull = (value: string | null) => (value === null ? null : isoTime(value));

/** Polling without `Prefer: wait`: a tenth of what is left, between 2 and 30 seconds. */
const retryAfter = (secondsLeft: number) => Math.min(30, Math.max(2, Math.ceil(secondsLeft / 10)));

/** The request as the API shows it. Names of people are never in it: agents read this. */
export function present(row: RequestRow): Approval {
  const pending = row.state === "pending";
  const secondsLeft = pending ? Math.max(0, Math.round((Date.parse(row.expires_at) - Date.parse(row.now)) / 1000)) : null;
  const self = `/api/v1/approvals/${row.id}`;
  return {
    id: row.id,
    status: row.state,
    agent: { id: row.agent_id, name: row.agent_name },
    tool: row.tool_name,
    tool_version: row.tool_version,
    action: row.action_type,
    arguments: row.arguments,
    decisive: row.decisive,
    resource: row.resource,
    scope: { requested: row.scope, granted: row.granted_scope, held: row.held },
    reason: row.reason,
    session_id: row.session_id,
    trace_url: row.trace_url,
    risk: {
      level: row.risk,
      axes: { irreversibility: row.irreversibility, blast_radius: row.blast_radius, privilege: row.privilege },
      reasons: row.reasons,
    },
    action_digest: hex(row.action_digest),
    content_version: row.content_version,
    revision: row.revision,
    created_at: isoTime(row.created_at),
    expires_at: isoTime(row.expires_at),
    seconds_left: secondsLeft,
    level: pending
      ? { number: row.level ?? 1, of: row.levels ?? 1, asks: row.asks ?? "approver", next_at: timeOrNull(row.level_due_at) }
      : null,
    votes: row.quorum === null ? null : { needed: neededVotes(row.quorum), given: row.votes?.length ?? 0 },
    retry_after: secondsLeft === null ? null : retryAfter(secondsLeft),
    decision: presentDecision(row),
    links: { self, review: `/approvals/${row.id}`, cancel: pending ? `${self}/cancel` : null },
  };
}

const neededVotes = (quorum: Quorum) => (typeof quorum === "number" ? quorum : Object.values(quorum).reduce((sum, each) => sum + each, 0));

function presentDecision(row: RequestRow): Approval["decision"] {
  if (row.state === "pending" || row.decided_by === null || row.decided_at === null) return null;
  const reason = row.outcome ?? row.decided_by;
  return {
    by: row.decided_by,
    at: isoTime(row.decided_at),
    reason,
    comment: row.comment,
    deny_reason: row.deny_reason,
    validity: row.validity,
    use_by: timeOrNull(row.use_by),
    uses_left: row.uses_left,
    ask_again: row.state === "approved" ? null : (ASK_AGAIN[reason] ?? "no"),
    retry_at: timeOrNull(row.retry_at),
  };
}
