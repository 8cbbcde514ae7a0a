import type { Risk } from "@/lib/catalog/terms";
import { scoreCall } from "./axes";
import type { Call } from "./call";
import { counterOf, type Counter } from "./counter";
import { freezeOf, frozen } from "./freeze";
import { mismatches } from "./matches";
import { outcomeOf, type Outcome } from "./outcome";
import { runner, type PolicyError, type Runner, type Tried } from "./runner";
import type { Policy, Rule } from "./schema";
import type { Axes } from "./score";

export type { Call } from "./call";
export { DEFAULT_CHAIN } from "./outcome";

/** A cumulative rule that held but for its counter: what happens if the counter is over. */
export interface Branch {
  counter: Counter;
  over: Outcome;
}

/**
 * What policy says about a call, before the door has looked at grants, blocks and levels: the outcome if no counter is
 * over. Whoever holds the counters' locks takes the first branch whose counter is over instead.
 */
export interface Verdict extends Outcome {
  risk: Risk;
  axes: Axes;
  /** In the rules' order. */
  branches: Branch[];
  /** Every rule, and why it did or did not decide; for people. */
  explanation: Tried[];
  /** To be audited. */
  errors: PolicyError[];
}

/** Scores the call (NIST AC-6) and tries the rules in order; the first that matches decides. Same input, same answer; never throws. */
export function evaluate(policy: Policy, call: Call): Verdict {
  const run = runner(call);
  const { axes, risk } = scoreCall(policy.axes ?? {}, call, run);
  const freeze = freezeOf(policy.freeze ?? [], call, risk, run);
  const branches: Branch[] = [];
  let decided: Rule | null = null;
  for (const rule of policy.rules) {
    if (decided) {
      run.note("rule", rule.name, "skipped", `${decided.name} has decided`);
      continue;
    }
    const why = holds(rule, call, risk, run);
    if (why === null) continue;
    const counter = rule.over && counterOf(rule, rule.over, call, rule === policy.rules[0] && matchesAll(rule));
    if (counter === undefined) run.note("rule", rule.name, true, why);
    else if (counter === null) {
      run.note("rule", rule.name, false, "the call has no session to count by");
      continue;
    } else if ("error" in counter) run.fail("rule", rule.name, `it counts as over its cap: ${counter.error}`, counter.error);
    else {
      run.note("rule", rule.name, "skipped", `${why}, but it decides only above its cap: ${describe(counter)}`);
      branches.push({ counter, over: outcomeOf(policy, rule, call, risk, [`over_${counter.kind}`]) });
      continue;
    }
    decided = rule;
  }
  const codes = codesOf(call, run);
  const finish = (outcome: Outcome) => frozen({ ...outcome, reasons: [...outcome.reasons, ...codes] }, freeze);
  return {
    ...finish(outcomeOf(policy, decided, call, risk, [])),
    risk,
    axes,
    branches: freeze === "deny" ? [] : branches.map(({ counter, over }) => ({ counter, over: finish(over) })),
    explanation: run.explanation,
    errors: run.errors,
  };
}

const matchesAll = ({ match, when }: Rule) => !when && match.some((each) => Object.keys(each).length === 0);

/** Match and condition; an expression that fails is on the strict side. @returns why it holds, or null */
function holds(rule: Rule, call: Call, risk: Risk, run: Runner): string | null {
  const differs = mismatches(rule.match, call, risk);
  if (differs !== null) {
    run.note("rule", rule.name, false, differs);
    return null;
  }
  if (!rule.when) return "it matches";
  const answer = run.run(rule.when);
  if (answer.ok && answer.value === true) return `it matches, and it is so: ${rule.when.text}`;
  if (answer.ok) {
    run.note("rule", rule.name, false, `it is not so: ${rule.when.text}`);
    return null;
  }
  run.errors.push({ part: "rule", name: rule.name, error: answer.error });
  const words = `its expression failed, which counts as ${rule.effect === "allow" ? "not so" : "so"}: ${rule.when.text}: ${answer.error}`;
  if (rule.effect !== "allow") return words;
  run.note("rule", rule.name, false, words);
  return null;
}

function codesOf(call: Call, { errors }: Runner): string[] {
  return [
    ...(call.tool.justification ? [] : ["not_justified"]),
    ...(call.notInspectable.length ? ["not_inspectable"] : []),
    ...(call.failedFacts?.length ? ["lookup_failed"] : []),
    ...(errors.length ? ["policy_error"] : []),
  ];
}

function describe({ kind, cap, amount, unit, key, window }: Counter): string {
  const what =
    kind === "repeats"
      ? `the same call ${cap} times in a row`
      : kind === "count"
        ? `${cap} calls`
        : `${cap} ${unit ?? ""} (this call: ${amount})`;
  return `${what}, by ${key[1]}, in ${window} s`;
}
