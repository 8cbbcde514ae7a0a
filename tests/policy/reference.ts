import type { Call } from "@/lib/policy/evaluate";
import { workOut, type Formula } from "./expressions";

/** The document as it is generated: plain data, with formulas where the text has CEL. */
export interface PlainRule {
  name: string;
  match: Record<string, string | string[]>[];
  when?: Formula;
  over?: { sum?: string; count?: true; repeats?: number; by: string; cap?: number; unit?: string };
  effect: "allow" | "require_approval" | "deny";
  chain?: string;
  reason?: { required: boolean; pattern?: string };
  timeout?: number;
}
export interface PlainPolicy {
  timeout: Record<"low" | "medium" | "high", number>;
  axes: Partial<Record<"irreversibility" | "blast_radius" | "privilege", { when: Formula; score: number }[]>>;
  freeze: { from: string; to: string; effect: "deny" | "require_approval"; match?: Record<string, string | string[]>[] }[];
  rules: PlainRule[];
}
export interface Answer {
  effect: string;
  rule: string | null;
  chain: string;
  risk: string;
  timeout: number;
  axes: number[];
  /** Rule, amount and what happens when its counter is over. */
  branches: [string, number, string][];
}

/** The policy's meaning, written as plainly as possible and from the document alone: no index, no compiled expression. */
export function reference(policy: PlainPolicy, call: Call): Answer {
  const seen = {
    tool: { action: call.tool.action },
    arguments: call.arguments ?? {},
    facts: call.facts ?? {},
    session: call.session,
    agent: call.agent,
    recipients: recipients(call.arguments?.to),
    resource: call.resource,
    stage: call.stage,
    held: call.held,
  };
  const true_ = (formula: Formula | undefined, onError: boolean) => {
    if (!formula) return true;
    const truth = workOut(formula, seen);
    return truth === "error" ? onError : truth;
  };
  const axes = defaultAxes(call);
  (["irreversibility", "blast_radius", "privilege"] as const).forEach((axis, i) => {
    for (const { when, score } of policy.axes[axis] ?? []) {
      const truth = workOut(when, seen);
      if (truth === "error") axes[i] = 3;
      else if (truth) axes[i] = Math.max(axes[i] ?? 0, score);
    }
  });
  const order = ["low", "medium", "high"] as const;
  let level = Math.max(order.indexOf(call.tool.risk), Math.max(...axes) - 1, 0);
  if (call.notInspectable.length) level = Math.min(2, level + 1);
  const risk = order[level as 0 | 1 | 2];

  const fits = (matches: PlainRule["match"]) =>
    matches.some((match) =>
      Object.entries(match).every(([key, wanted]) => {
        const actual =
          key === "agent"
            ? call.agent
            : key === "tool"
              ? call.tool.name
              : key === "risk"
                ? risk
                : key === "stage"
                  ? call.stage
                  : key === "action"
                    ? call.tool.action
                    : call.tool.impact;
        return [wanted].flat().some((each) => new RegExp(`^${each.replaceAll(".", "\\.").replaceAll("*", ".*")}$`).test(String(actual)));
      }),
    );
  const now = call.now?.getTime() ?? 0;
  const freezes = policy.freeze.filter(
    ({ from, to, match }) => now >= Date.parse(from) && now < Date.parse(to) && (match ? fits(match) : call.tool.action !== "read"),
  );
  const freeze = freezes.find(({ effect }) => effect === "deny") ?? freezes[0];
  const effectOf = (rule: PlainRule | null) => {
    let effect = rule ? { allow: "allow", require_approval: "ask", deny: "deny" }[rule.effect] : "ask";
    if (rule?.reason?.required && effect !== "deny" && !(call.reason && new RegExp(rule.reason.pattern ?? "").test(call.reason)))
      effect = "deny";
    if (freeze?.effect === "deny") return "deny";
    return freeze && effect === "allow" ? "ask" : effect;
  };
  const branches: Answer["branches"] = [];
  let decided: PlainRule | null = null;
  for (const rule of policy.rules) {
    if (!fits(rule.match) || !true_(rule.when, rule.effect !== "allow")) continue;
    const amount = rule.over ? amountOf(rule.over, call) : null;
    if (!rule.over || amount === null) {
      decided = rule;
      break;
    }
    branches.push([rule.name, amount, effectOf(rule)]);
  }
  const chain =
    freeze?.effect === "require_approval" && decided?.effect === "allow" && effectOf(decided) === "ask"
      ? "default"
      : (decided?.chain ?? "default");
  return {
    effect: effectOf(decided),
    rule: decided?.name ?? null,
    chain,
    risk,
    timeout: decided?.timeout ?? policy.timeout[risk],
    axes,
    branches: freeze?.effect === "deny" ? [] : branches,
  };
}

function defaultAxes({ tool }: Call): number[] {
  const irreversible = { reversible: 0, effort: 1, irreversible: tool.action === "delete" ? 3 : 2 }[tool.reversibility];
  const narrow = tool.impact === "record" || (tool.impact === "records" && tool.action === "read" && tool.justification);
  return [
    irreversible,
    narrow ? 1 : tool.impact === "tenants" ? 3 : 2,
    tool.impact === "tenants" ? 3 : { read: 0, write: 1, invoke: 1, delete: 2 }[tool.action],
  ];
}

/** null: there is no sum, and the rule holds. */
function amountOf(over: NonNullable<PlainRule["over"]>, call: Call): number | null {
  if (over.repeats || over.count) return 1;
  const amount = call.arguments?.amount;
  if (typeof amount !== "number" || amount < 0) return null;
  if (over.unit && typeof call.arguments?.to !== "string") return null;
  return amount;
}

function recipients(to: unknown): number {
  return typeof to === "string" && to.includes("@") ? 1 : Array.isArray(to) ? to.length : 0;
}
