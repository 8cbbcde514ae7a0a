import type { Arguments } from "@/lib/catalog/arguments";
import { canonicalDigest } from "@/lib/platform/canonical";
import type { Call } from "./call";
import type { Over, Rule } from "./schema";

/** What the database counts for a cumulative rule, under the counter's lock. */
export interface Counter {
  rule: string;
  kind: "sum" | "count" | "repeats";
  /** What it is kept by: the rule's name, the dimension, and whose it is. */
  key: [rule: string, by: Over["by"], of: string];
  /** Seconds. */
  window: number;
  /** What this call adds. */
  amount: number;
  /** sum, count: over when the total with this call is above it. repeats: over when the run reaches it. */
  cap: number;
  /** sum: the currency; a counter that holds another is over (`mixed_units`). */
  unit: string | null;
  /** repeats: every call of a session counts, so what the session asked before tells the run and nothing else is kept. */
  history: boolean;
}

/** What a repeated call is known by: another one starts the run anew. */
export const sameCall = (tool: string, given: Arguments): string =>
  canonicalDigest({ domain: "licet.same-call", v: 1, tool, arguments: given }).toString("hex");

/**
 * @param everyCall  the rule is tried for every call there is, and matches it
 * @returns the counter; null where there is nothing to keep it by; or why there is no sum to add: the rule then holds at once
 */
export function counterOf({ name }: Pick<Rule, "name">, over: Over, call: Call, everyCall = false): Counter | null | { error: string } {
  const of = keptBy(over.by, call);
  if (of === null) return null;
  const key: Counter["key"] = [name, over.by, of];
  const counter = { rule: name, key, window: over.window, amount: 1, cap: over.cap ?? 0, unit: null, history: false };
  if (over.repeats !== undefined) return { ...counter, kind: "repeats", cap: over.repeats, history: over.by === "session" && everyCall };
  if (over.sum === undefined) return { ...counter, kind: "count" };
  const amounts = valuesAt(call.arguments, over.sum).map(amountOf);
  if (!amounts.length) return { error: `there is no ${over.sum}` };
  let amount = 0;
  for (const each of amounts) {
    if (each === null) return { error: `${over.sum} is not an amount` };
    if (each < 0) return { error: `${over.sum} is negative` };
    amount += each;
  }
  const units = over.unit === undefined ? [] : [...new Set(valuesAt(call.arguments, over.unit))];
  const [unit] = units;
  if (over.unit !== undefined && typeof unit !== "string") return { error: `there is no ${over.unit}` };
  if (units.length > 1) return { error: `${over.unit ?? ""} names more than one unit` };
  return { ...counter, kind: "sum", amount, unit: typeof unit === "string" ? unit : null };
}

function keptBy(by: Over["by"], call: Call): string | null {
  switch (by) {
    case "agent":
      return call.agent;
    case "root_agent":
      return call.root_agent ?? call.agent;
    case "session":
      return call.session === undefined ? null : `${call.agent}/${call.session}`;
    case "resource":
      // Without a resource every call of the tool acts on the same one.
      return call.resource ?? `tool ${call.tool.name}`;
    case "tenant":
      return "";
  }
}

/** Numbers, and decimals written as text. */
function amountOf(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return typeof value === "string" && /^-?\d{1,15}(\.\d{1,6})?$/.test(value) ? Number(value) : null;
}

const isList = (value: unknown): value is unknown[] => Array.isArray(value);

/** The values a path leads to; a list it passes with * gives each of its items, one that lacks the rest gives undefined. */
function valuesAt(given: unknown, path: string): unknown[] {
  let values: unknown[] = given === undefined ? [] : [given];
  for (const part of path.split(".").slice(1)) {
    values = values.flatMap((value) => {
      if (part === "*") return isList(value) ? value : [undefined];
      return value && typeof value === "object" && Object.hasOwn(value, part) ? [(value as Record<string, unknown>)[part]] : [undefined];
    });
  }
  return values;
}
