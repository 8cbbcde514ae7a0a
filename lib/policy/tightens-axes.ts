import { RISKS } from "@/lib/catalog/terms";
import type { AxisRules, Policy } from "./schema";
import { same } from "./tightens-rule";

/** Every entry there was is there with its score or a higher one; more may be added. A formula stays as it is. */
export function raisesOnly(before: AxisRules, after: AxisRules): boolean {
  return (["irreversibility", "blast_radius", "privilege"] as const).every((axis) => {
    const [was, is] = [before[axis], after[axis]];
    if (was === undefined || same(was, is)) return true;
    if (!Array.isArray(was) || !Array.isArray(is)) return false;
    return was.every(({ when, score }) => is.some((entry) => entry.when.text === when.text && entry.score >= score));
  });
}

/**
 * Does a higher risk never loosen anything else? Not where a rule or a limit is for certain risks only: a rule that denies
 * low risk would stop to hold. Allow rules may leave out the higher ones.
 */
export function riskOnlyTightens({ rules, limits, freeze }: Omit<Policy, "version">): boolean {
  if ((freeze ?? []).some(({ match }) => match.some(({ risk }) => risk))) return false;
  if (limits && (Object.keys(limits.risk).length > 0 || limits.tools.some(({ match }) => match.risk))) return false;
  return rules.every(({ effect, match }) =>
    match.every(
      ({ risk }) =>
        !risk ||
        (effect === "allow" && RISKS.every((each, i) => !risk.includes(each) || RISKS.slice(0, i).every((lower) => risk.includes(lower)))),
    ),
  );
}
