import type { Risk } from "@/lib/catalog/terms";
import type { Call } from "./call";
import type { Expression } from "./cel";
import type { Runner } from "./runner";
import type { AxisRules } from "./schema";
import { scoreRisk, type Axes } from "./score";

/** What the policy's axes give: at least the default scores, never less (lowering belongs to the catalog). */
export function scoreCall(rules: AxisRules, call: Call, runner: Runner): { axes: Axes; risk: Risk } {
  const raised: Partial<Axes> = {};
  for (const axis of ["irreversibility", "blast_radius", "privilege"] as const) {
    const rule = rules[axis];
    if (!rule) continue;
    const scores = Array.isArray(rule)
      ? rule.map(({ when, score }) => scoreWhen(axis, when, score, runner))
      : [scoreNumber(axis, rule, runner)];
    raised[axis] = Math.max(0, ...scores);
  }
  for (const fact of call.failedFacts ?? []) runner.note("axis", "blast_radius", true, `one more: the look-up ${fact} failed`);
  return scoreRisk(call.tool, call.notInspectable.length, raised, call.failedFacts?.length ? 1 : 0);
}

function scoreWhen(axis: string, when: Expression, score: number, runner: Runner): number {
  const answer = runner.run(when);
  if (!answer.ok) return failed(axis, when, answer.error, runner);
  const holds = answer.value === true;
  runner.note("axis", axis, holds, holds ? `at least ${score}: ${when.text}` : `not: ${when.text}`);
  return holds ? score : 0;
}

/** A number from 0 to 3; a fraction counts as the next whole one. */
function scoreNumber(axis: string, expression: Expression, runner: Runner): number {
  const answer = runner.run(expression);
  const score = answer.ok ? Math.ceil(Number(answer.value)) : 0;
  if (!answer.ok) return failed(axis, expression, answer.error, runner);
  if (!(score >= 0 && score <= 3)) return failed(axis, expression, `answers ${String(answer.value)}, which is not from 0 to 3`, runner);
  runner.note("axis", axis, score > 0, `at least ${score}: ${expression.text}`);
  return score;
}

function failed(axis: string, expression: Expression, error: string, runner: Runner): number {
  runner.fail("axis", axis, `3, because its expression failed: ${expression.text}: ${error}`, error);
  return 3;
}
