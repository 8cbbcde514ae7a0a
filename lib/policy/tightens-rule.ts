import { RISKS } from "@/lib/catalog/terms";
import { DEFAULT_CHAIN } from "./outcome";
import type { Quorum, Rule } from "./schema";

/** Are two parts of policies the same? Expressions are compared by their text. */
export const same = (a: unknown, b: unknown) => plain(a) === plain(b);

function plain(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (!each || typeof each !== "object" || Array.isArray(each)) return each;
    if ("text" in each && "run" in each) return { expression: each.text };
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** One rule, changed: its deadline shorter where silence means no, a reason demanded, its quorum higher; nothing else. */
export function tighterRule(before: Rule, after: Rule, silenceAllows: boolean): boolean {
  const { timeout: _t1, reason: _r1, quorum: _q1, ...rest } = before;
  const { timeout: _t2, reason: _r2, quorum: _q2, ...now } = after;
  return (
    same(rest, now) && shorterTimes(before, after, silenceAllows) && demandsMore(before, after) && moreVotes(before.quorum, after.quorum)
  );
}

function shorterTimes(before: Rule, after: Rule, silenceAllows: boolean): boolean {
  if (same(before.timeout, after.timeout)) return true;
  if (before.on_timeout === "allow" || (silenceAllows && before.on_timeout === undefined)) return false;
  return RISKS.every((risk) => {
    const [was, is] = [before.timeout?.[risk], after.timeout?.[risk]];
    return was === undefined || is === undefined ? was === is : is <= was;
  });
}

function demandsMore({ reason: before }: Rule, { reason: after }: Rule): boolean {
  if (same(before, after)) return true;
  return after?.required === true && before?.required !== true;
}

function moreVotes(before: Quorum | undefined, after: Quorum | undefined): boolean {
  if (same(before, after)) return true;
  if (typeof after === "number") return typeof (before ?? 1) === "number" && after >= Number(before ?? 1);
  if (after === undefined || typeof before === "number") return false;
  return Object.entries(before ?? {}).every(([group, votes]) => (after[group] ?? 0) >= votes);
}

/** Is an ask rule as strict as another one whose calls it would take? @param other  null: no rule matches */
export function asStrict(rule: Rule, other: Rule | null): boolean {
  if (rule.on_timeout !== "deny" && (rule.on_timeout === "allow" || rule.on_timeout !== other?.on_timeout)) return false;
  if (other?.hold && !rule.hold) return false;
  if ((rule.chain ?? DEFAULT_CHAIN) !== (other?.chain ?? DEFAULT_CHAIN) || !moreVotes(other?.quorum, rule.quorum)) return false;
  if (other?.reason && !same(other.reason, rule.reason)) return false;
  return same(rule.timeout, other?.timeout);
}
