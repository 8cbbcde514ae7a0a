import { bindCall } from "./bindings";
import type { Call } from "./call";
import type { Answer, Expression } from "./cel";
import type { Bindings } from "./cel-values";

/** One thing that was tried, in words for people. Agents get reason codes only. */
export interface Tried {
  part: "axis" | "rule" | "freeze";
  name: string;
  result: "matched" | "not" | "skipped";
  why: string;
}

/** An expression or a sum that could not be evaluated; audited. */
export interface PolicyError {
  part: Tried["part"];
  name: string;
  error: string;
}

/** Evaluates one call's expressions and keeps what was tried. */
export interface Runner {
  run: (expression: Expression) => Answer;
  note: (part: Tried["part"], name: string, matched: boolean | "skipped", why: string) => void;
  fail: (part: Tried["part"], name: string, why: string, error: string) => void;
  explanation: Tried[];
  errors: PolicyError[];
}

export function runner(call: Call): Runner {
  const explanation: Tried[] = [];
  const errors: PolicyError[] = [];
  let bindings: Bindings | string | null = null;
  const note: Runner["note"] = (part, name, matched, why) =>
    explanation.push({ part, name, result: matched === "skipped" ? "skipped" : matched ? "matched" : "not", why });
  return {
    explanation,
    errors,
    note,
    run: (expression) => {
      bindings ??= bind(call);
      return typeof bindings === "string" ? { ok: false, error: bindings } : expression.run(bindings);
    },
    fail: (part, name, why, error) => {
      note(part, name, true, why);
      errors.push({ part, name, error });
    },
  };
}

function bind(call: Call): Bindings | string {
  try {
    return bindCall(call);
  } catch (error) {
    return `the call cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
