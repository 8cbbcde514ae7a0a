import { RISKS } from "@/lib/catalog/terms";
import type { Dimensions } from "./limits-schema";
import type { Policy, Rule } from "./schema";
import { raisesOnly, riskOnlyTightens } from "./tightens-axes";
import { asStrict, same, tighterRule } from "./tightens-rule";

type Compared = Omit<Policy, "version">;

/**
 * Does a change of policy plainly tighten it, so that one person may put it in force (requirement A4)? A closed list, read
 * from the text and never from what the rules might mean: a deny rule added anywhere; an ask rule added that weakens no
 * later rule; an allow rule removed; an axis scored higher; a deadline shortened where silence means no; a limit lowered;
 * a reason demanded; a quorum raised. Whatever else differs makes it a proposal.
 */
export function tightens(before: Compared, after: Compared): boolean {
  return (
    same(before.calendar ?? null, after.calendar ?? null) &&
    (before.silence ?? "deny") === (after.silence ?? "deny") &&
    same(before.freeze ?? [], after.freeze ?? []) &&
    RISKS.every((risk) => shorter(before, after, risk)) &&
    tighterLimits(before, after) &&
    raisesOnly(before.axes ?? {}, after.axes ?? {}) &&
    (same(before.axes ?? {}, after.axes ?? {}) || riskOnlyTightens(before)) &&
    tighterRules(before, after)
  );
}

/** A low call that is allowed on timeout is allowed sooner when its deadline is shorter. */
function shorter(before: Compared, after: Compared, risk: (typeof RISKS)[number]): boolean {
  if (after.timeout[risk] === before.timeout[risk]) return true;
  const silenceAllows = risk === "low" && (before.silence === "allow" || before.rules.some((rule) => rule.on_timeout === "allow"));
  return after.timeout[risk] < before.timeout[risk] && !silenceAllows;
}

/** Walks both lists at once: each rule of the new one is an old one, tightened, or an added one; what is dropped allowed. */
function tighterRules(before: Compared, after: Compared): boolean {
  const names = new Set(before.rules.map(({ name }) => name));
  const rest = [...before.rules];
  for (const rule of after.rules) {
    if (!names.has(rule.name)) {
      if (!mayBeAdded(rule, rest)) return false;
      continue;
    }
    let next = rest.shift();
    while (next && next.name !== rule.name) {
      if (!mayBeDropped(next)) return false;
      next = rest.shift();
    }
    if (!next || !tighterRule(next, rule, before.silence === "allow")) return false;
  }
  return rest.every(mayBeDropped);
}

/** An ask rule must be as strict as each later one it may answer for, and as what happens where no rule matches. */
function mayBeAdded(rule: Rule, later: readonly Rule[]): boolean {
  if (rule.effect === "deny") return true;
  if (rule.effect === "allow") return false;
  const answers = (each: Rule) => each.effect === "require_approval" && asStrict(rule, each);
  // An allow rule that demands a reason denies whoever gives none.
  const allows = (each: Rule) => each.effect === "allow" && (!each.reason || same(each.reason, rule.reason));
  return asStrict(rule, null) && later.every((each) => allows(each) || answers(each));
}

/** What it allowed goes on to the rules after it, at worst to a person; one that demands a reason also denied. */
const mayBeDropped = ({ effect, reason }: Rule) => effect === "allow" && !reason;

function tighterLimits({ limits: before }: Compared, { limits: after }: Compared): boolean {
  if (!before || !after) return before === after;
  return (
    lower(before, after) &&
    RISKS.every((risk) => lower(before.risk[risk] ?? {}, after.risk[risk] ?? {})) &&
    before.tools.length === after.tools.length &&
    before.tools.every((entry, i) => {
      const other = after.tools[i];
      return other !== undefined && same(entry.match, other.match) && lower(entry, other);
    })
  );
}

/** The same dimensions, each as high or lower: one more could stand before a stricter one. */
const lower = (before: Dimensions, after: Dimensions) =>
  (["session", "minute", "day", "cost"] as const).every((dimension) => {
    const [was, is] = [before[dimension], after[dimension]];
    return was === undefined || is === undefined ? was === is : is <= was;
  });
