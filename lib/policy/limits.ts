import { matchesPattern } from "@/lib/catalog/pattern";
import type { Action, Impact, Risk } from "@/lib/catalog/terms";
import type { Dimensions, Limits } from "./limits-schema";
import type { Policy } from "./schema";

/** How often a tool may be called and for how much; null: no limit. */
export interface CallLimits {
  session: number | null;
  minute: number | null;
  day: number | null;
  cost: number | null;
}

interface Limited {
  name: string;
  action: Action;
  impact: Impact;
}

/**
 * What limits a call of a tool (requirement A5). Each dimension comes from the first place that names it: the tool entries
 * in order, then the risk's, then the general one.
 */
export function limitsFor(policy: Pick<Policy, "limits">, tool: Limited, risk: Risk): CallLimits {
  const { limits } = policy;
  if (!limits) return { session: null, minute: null, day: null, cost: null };
  const places: Dimensions[] = [...limits.tools.filter(({ match }) => fits(match, tool, risk)), limits.risk[risk] ?? {}, limits];
  const first = (dimension: keyof Dimensions) => places.find((place) => place[dimension] !== undefined)?.[dimension] ?? null;
  return { session: first("session"), minute: first("minute"), day: first("day"), cost: first("cost") };
}

function fits(match: Limits["tools"][number]["match"], tool: Limited, risk: Risk): boolean {
  return (
    (match.tool?.some((pattern) => matchesPattern(pattern, tool.name)) ?? true) &&
    (match.action?.includes(tool.action) ?? true) &&
    (match.impact?.includes(tool.impact) ?? true) &&
    (match.risk?.includes(risk) ?? true)
  );
}
