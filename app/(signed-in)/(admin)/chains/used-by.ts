import { DEFAULT_CHAIN } from "@/lib/policy/evaluate";
import { parsePolicy } from "@/lib/policy/parse";

/** What asks each chain, in words: the policy's rules, and for the default one whatever no rule lets pass. */
export function usedBy(document: string): Record<string, string[]> {
  const byChain = new Map<string, string[]>();
  for (const rule of parsePolicy(document).rules) {
    if (rule.effect !== "require_approval") continue;
    const chain = rule.chain ?? DEFAULT_CHAIN;
    byChain.set(chain, [...(byChain.get(chain) ?? []), rule.name]);
  }
  const words = [...byChain].map(([chain, rules]): [string, string[]] => [chain, [`asked by ${rules.join(", ")}`]]);
  const all = Object.fromEntries(words);
  return { ...all, [DEFAULT_CHAIN]: [...(all[DEFAULT_CHAIN] ?? []), "and by what no rule lets pass"] };
}
