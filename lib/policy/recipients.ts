import type { Arguments } from "@/lib/catalog/arguments";
import { resolvePointer } from "@/lib/platform/json-pointer";

/** Arguments that name people to write to, whatever the catalog says. */
const NAMED = new Set(["to", "cc", "bcc", "recipients", "participants"]);

/**
 * How many people a call writes to: the addresses in arguments of kind mail, and in arguments named to, cc, bcc,
 * recipients or participants at any depth. Text counts its addresses; each item of a list counts at least one, because it
 * may be a name or an id; a mailing list counts as one.
 * @param kinds  the catalog's kinds, by JSON Pointer
 */
export function countRecipients(given: Arguments, kinds: Record<string, string> = {}): number {
  const counted = new Set<unknown>();
  let total = namedRecipients(given, counted);
  for (const [pointer, kind] of Object.entries(kinds)) {
    const value = kind === "mail" ? resolvePointer(given, pointer) : undefined;
    if (value !== undefined && !(NAMED.has(pointer.split("/").at(-1) ?? "") || (typeof value === "object" && counted.has(value))))
      total += count(value);
  }
  return total;
}

function namedRecipients(value: unknown, counted: Set<unknown>): number {
  if (!value || typeof value !== "object") return 0;
  let total = 0;
  for (const [key, each] of Object.entries(value)) {
    if (!Array.isArray(value) && NAMED.has(key)) {
      total += count(each);
      counted.add(each);
    } else {
      total += namedRecipients(each, counted);
    }
  }
  return total;
}

function count(value: unknown): number {
  if (typeof value === "string") return addresses(value);
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + Math.max(1, count(each)), 0);
  if (value && typeof value === "object") return Object.values(value).reduce<number>((sum, each) => sum + count(each), 0);
  return 0;
}

const addresses = (text: string) => text.split(/[,;\s]+/).filter((part) => part.includes("@")).length;
