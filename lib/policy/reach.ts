import { DEFAULT_CHAIN } from "./outcome";
import type { Rule } from "./schema";

/** Who there is to ask: the people of each chain, over all its levels, and of each group. */
export interface Reach {
  chains: ReadonlyMap<string, ReadonlySet<string>>;
  groups?: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Why a rule that asks can never be answered, and where in it that stands; or null. */
export function unreachable(rule: Rule, { chains, groups }: Reach): { path: "chain" | "quorum"; detail: string } | null {
  if (rule.effect !== "require_approval") return null;
  const name = rule.chain ?? DEFAULT_CHAIN;
  const people = chains.get(name);
  if (!people) {
    // Without one of its own a rule asks the default chain, which a new tenant does not have yet: that is said at ask.
    return rule.chain === undefined ? null : { path: "chain", detail: `there is no chain named ${name}` };
  }
  if (rule.quorum === undefined) return null;
  if (typeof rule.quorum === "number") {
    return people.size < rule.quorum
      ? { path: "quorum", detail: `wants ${rule.quorum} people, and the chain ${name} has ${people.size}` }
      : null;
  }
  for (const [group, wanted] of Object.entries(rule.quorum)) {
    const members = groups?.get(group);
    if (!members) return { path: "quorum", detail: `there is no group named ${group}` };
    const able = [...members].filter((person) => people.has(person)).length;
    if (able < wanted) return { path: "quorum", detail: `wants ${wanted} of ${group}, and the chain ${name} has ${able} of them` };
  }
  return null;
}
