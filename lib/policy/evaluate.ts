import { matchesPattern } from "@/lib/catalog/pattern";
import type { Tool } from "@/lib/catalog/schema";
import type { Risk } from "@/lib/catalog/terms";
import { scoreRisk, type Axes } from "./score";
import type { Match, Policy } from "./schema";

export interface Call {
  agent: string;
  tool: Tool;
  /** Pointers of arguments that nobody can inspect. */
  notInspectable: string[];
}

/** What policy says about a call, before the door has looked at grants, blocks and levels. */
export interface Verdict {
  effect: "allow" | "ask" | "deny";
  /** The rule that decided; null: none matched, so a person must. */
  rule: string | null;
  /** The chain to ask. */
  chain: string;
  risk: Risk;
  axes: Axes;
  /** Reason codes, which agents may read. */
  reasons: string[];
  /** Seconds until silence means no. */
  timeout: number;
}

export const DEFAULT_CHAIN = "default";

/** Scores the call (NIST AC-6) and tries the rules in order; the first that matches decides. Same input, same answer. */
export function evaluate(policy: Policy, call: Call): Verdict {
  const { axes, risk } = scoreRisk(call.tool, call.notInspectable.length);
  const rule = policy.rules.find((candidate) => candidate.match.some((match) => matches(match, call, risk)));
  const reasons = [rule ? rule.name : "no_rule"];
  if (!call.tool.justification) reasons.push("not_justified");
  if (call.notInspectable.length) reasons.push("not_inspectable");
  return {
    effect: rule ? ({ allow: "allow", require_approval: "ask", deny: "deny" } as const)[rule.effect] : "ask",
    rule: rule?.name ?? null,
    chain: rule?.chain ?? DEFAULT_CHAIN,
    risk,
    axes,
    reasons,
    timeout: policy.timeout[risk],
  };
}

function matches(match: Match, { agent, tool }: Call, risk: Risk): boolean {
  return (
    (match.tool?.some((pattern) => matchesPattern(pattern, tool.name)) ?? true) &&
    (match.agent?.some((pattern) => matchesPattern(pattern, agent)) ?? true) &&
    (match.action?.includes(tool.action) ?? true) &&
    (match.impact?.includes(tool.impact) ?? true) &&
    (match.reversibility?.includes(tool.reversibility) ?? true) &&
    (match.risk?.includes(risk) ?? true)
  );
}
