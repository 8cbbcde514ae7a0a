import type { Risk } from "@/lib/catalog/terms";
import type { Call } from "./call";
import { mismatches } from "./matches";
import { DEFAULT_CHAIN, type Outcome } from "./outcome";
import type { Runner } from "./runner";
import type { Freeze } from "./schema";

/**
 * The strictest freeze that a call falls into. Where nobody said the time, every freeze is in force: in doubt, the strict
 * side.
 */
export function freezeOf(freezes: readonly Freeze[], call: Call, risk: Risk, runner: Runner): Freeze["effect"] | null {
  let strictest: Freeze["effect"] | null = null;
  for (const freeze of freezes) {
    const now = call.now?.getTime();
    const running = now === undefined || (Date.parse(freeze.from) <= now && now < Date.parse(freeze.to));
    const differs = running ? mismatches(freeze.match, call, risk) : `it runs from ${freeze.from} to ${freeze.to}`;
    runner.note("freeze", freeze.reason, differs === null, differs ?? (now === undefined ? "nobody said the time" : `until ${freeze.to}`));
    if (differs === null && strictest !== "deny") strictest = freeze.effect;
  }
  return strictest;
}

/** A freeze never loosens: what is denied stays denied, what is asked stays asked the same way. */
export function frozen(outcome: Outcome, effect: Freeze["effect"] | null): Outcome {
  if (effect === null) return outcome;
  const reasons = [...outcome.reasons, "frozen"];
  if (effect === "deny") return { ...outcome, effect: "deny", on_timeout: "deny", reasons };
  if (outcome.effect === "allow") return { ...outcome, effect: "ask", chain: DEFAULT_CHAIN, on_timeout: "deny", reasons };
  return { ...outcome, on_timeout: "deny", reasons };
}
