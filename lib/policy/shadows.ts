import { matchesPattern } from "@/lib/catalog/pattern";
import type { Match, Rule } from "./schema";

/** Rules that can never decide, each with the earlier one that always does first. */
export function shadowed(rules: readonly Rule[]): { rule: number; by: Rule }[] {
  return rules.flatMap((rule, index) => {
    const by = rules.slice(0, index).find((earlier) => !earlier.when && !earlier.over && coversAll(earlier.match, rule.match));
    return by ? [{ rule: index, by }] : [];
  });
}

const coversAll = (wide: Match[], narrow: Match[]) => narrow.every((each) => wide.some((one) => covers(one, each)));

/** Whatever fits the narrow match fits the wide one. Never says so wrongly; may miss what only several together cover. */
function covers(wide: Match, narrow: Match): boolean {
  // A pattern that matches another one's text, stars and all, matches whatever that one matches.
  const patterns = (a: string[] | undefined, b: string[] | undefined) =>
    !a || (b?.every((each) => a.some((pattern) => matchesPattern(pattern, each))) ?? false);
  const words = (a: readonly string[] | undefined, b: readonly string[] | undefined) =>
    !a || (b?.every((each) => a.includes(each)) ?? false);
  return (
    patterns(wide.tool, narrow.tool) &&
    patterns(wide.agent, narrow.agent) &&
    patterns(wide.scope, narrow.scope) &&
    patterns(wide.mcp_server, narrow.mcp_server) &&
    words(wide.action, narrow.action) &&
    words(wide.impact, narrow.impact) &&
    words(wide.reversibility, narrow.reversibility) &&
    words(wide.risk, narrow.risk) &&
    words(wide.stage, narrow.stage)
  );
}
