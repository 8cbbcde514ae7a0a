import type { Risk } from "@/lib/catalog/terms";
import { deadline } from "./calendar";
import type { Call } from "./call";
import { finds } from "./re2";
import { DEADLINE, type Policy, type Quorum, type ReasonDemand, type Rule } from "./schema";

/** What happens with a call if one rule decides about it. */
export interface Outcome {
  effect: "allow" | "ask" | "deny";
  /** The rule that decided; null: none matched, so a person must. */
  rule: string | null;
  /** The chain to ask. */
  chain: string;
  /** Reason codes, which agents may read. */
  reasons: string[];
  /** Seconds until silence means no. Where only office hours count and the time is known: until that instant. */
  timeout: number;
  /** What silence means; `allow` at low risk only, and only where policy opted in. */
  on_timeout: "deny" | "allow";
  /** How many people, or how many of each group; null: one. */
  quorum: Quorum | null;
  /** What the agent's reason must hold. */
  reason: ReasonDemand | null;
  /** No approval for a whole session. */
  hold: boolean;
}

export const DEFAULT_CHAIN = "default";
const EFFECTS = { allow: "allow", require_approval: "ask", deny: "deny" } as const;

/** @param rule  null: no rule matched */
export function outcomeOf(policy: Policy, rule: Rule | null, call: Call, risk: Risk, codes: string[]): Outcome {
  const effect = rule ? EFFECTS[rule.effect] : "ask";
  const unexplained = effect !== "deny" && rule?.reason && !explains(rule.reason, call.reason);
  const silence = rule?.on_timeout ?? policy.silence ?? "deny";
  return {
    effect: unexplained ? "deny" : effect,
    rule: rule?.name ?? null,
    chain: rule?.chain ?? DEFAULT_CHAIN,
    reasons: [rule ? rule.name : "no_rule", ...(unexplained ? ["reason_required"] : []), ...codes],
    timeout: wallSeconds(policy, call, rule?.timeout?.[risk] ?? policy.timeout[risk]),
    on_timeout: risk === "low" && effect === "ask" ? silence : "deny",
    quorum: rule?.quorum ?? null,
    reason: rule?.reason ?? null,
    hold: rule?.hold ?? false,
  };
}

function explains({ required, pattern }: ReasonDemand, reason: string | undefined): boolean {
  if (!required) return true;
  if (!reason?.trim()) return false;
  return pattern === undefined || finds(pattern, reason);
}

/** A deadline whose clock stands still ends later, but never more than 30 days off. */
function wallSeconds({ calendar }: Policy, { now }: Call, seconds: number): number {
  if (!calendar || !now) return seconds;
  return Math.min(DEADLINE.most, Math.ceil((deadline(calendar, now, seconds).getTime() - now.getTime()) / 1000));
}
