import { matchesPattern } from "@/lib/catalog/pattern";
import type { Action, Impact, Risk } from "@/lib/catalog/terms";
import { canonicalDigest } from "@/lib/platform/canonical";
import type { Dimensions, Limits } from "./limits-schema";
import type { Policy } from "./schema";

export const DIMENSIONS = ["session", "minute", "day", "cost"] as const;

/** How often a tool may be called, or for how much. */
export interface Limit {
  dimension: (typeof DIMENSIONS)[number];
  cap: number;
  /** Which calls are counted together: those of one place of the policy, such as all that write files. */
  bucket: string;
}

interface Limited {
  name: string;
  action: Action;
  impact: Impact;
}

/**
 * What limits a call of a tool (requirement A5). Each dimension comes from the first place that names it: the tool entries
 * in order, then the risk's, then the general one. All calls that a place limits are counted together.
 */
export function limitsFor(policy: Pick<Policy, "limits">, tool: Limited, risk: Risk): Limit[] {
  const { limits } = policy;
  if (!limits) return [];
  const places: { bucket: string; limits: Dimensions }[] = [
    ...limits.tools.filter(({ match }) => fits(match, tool, risk)).map((entry) => ({ bucket: bucketOf(entry), limits: entry })),
    { bucket: `risk ${risk}`, limits: limits.risk[risk] ?? {} },
    { bucket: "all", limits },
  ];
  return DIMENSIONS.flatMap((dimension) => {
    const place = places.find((each) => each.limits[dimension] !== undefined);
    const cap = place?.limits[dimension];
    return place && cap !== undefined ? [{ dimension, cap, bucket: place.bucket }] : [];
  });
}

type Entry = Limits["tools"][number];
const buckets = new WeakMap<Entry, string>();

/** Named by what it matches, so that another entry before it does not start its counts anew. */
function bucketOf(entry: Entry): string {
  const known = buckets.get(entry);
  if (known !== undefined) return known;
  const bucket = `tools ${canonicalDigest(entry.match).toString("hex").slice(0, 16)}`;
  buckets.set(entry, bucket);
  return bucket;
}

function fits(match: Entry["match"], tool: Limited, risk: Risk): boolean {
  return (
    (match.tool?.some((pattern) => matchesPattern(pattern, tool.name)) ?? true) &&
    (match.action?.includes(tool.action) ?? true) &&
    (match.impact?.includes(tool.impact) ?? true) &&
    (match.risk?.includes(risk) ?? true)
  );
}
