import { isCelError, isCelList, parse, plan, type CelValue } from "@bufbuild/cel";
import { env, overspent, RUN, startRun } from "./cel-cost";
import { countLoops } from "./cel-loops";
import { placeAt, scanProblem, type Place } from "./cel-scan";
import { patternProblem } from "./re2";
import type { Bindings } from "./cel-values";
import { plainKind, SHAPE, shapeProblem, type Parsed } from "./cel-shape";

export type Kind = "bool" | "number" | "any";

export type Answer = { ok: true; value: CelValue } | { ok: false; error: string };

/** An expression that compiled. `run` never throws. */
export interface Expression {
  text: string;
  kind: Kind;
  run: (bindings: Bindings) => Answer;
}

export interface ExpressionProblem extends Place {
  message: string;
}

/**
 * Compiles a CEL expression.
 * @param kind  what it must answer; what cannot be told from its text is checked when it runs
 * @param names  the names that are bound; null: whatever is
 * @returns the compiled expression, or what is wrong with line and column inside its text; never throws
 */
export function compileExpression(text: string, kind: Kind, names: ReadonlySet<string> | null): Expression | ExpressionProblem {
  const at = (message: string, offset = 0): ExpressionProblem => ({ message, ...placeAt(text, offset) });
  if (Buffer.byteLength(text) > SHAPE.bytes) return at(`is longer than ${SHAPE.bytes} bytes`);
  const unreadable = scanProblem(text);
  if (unreadable) return at(unreadable.message, unreadable.offset);
  try {
    const parsed = parse(text);
    const root = parsed.expr;
    if (!root) return at("is empty");
    const wrong = shapeProblem(root, { names, isFunction: (name) => env.funcs.find(name) !== undefined, patternProblem });
    if (wrong) return at(wrong.message, offsetOf(parsed, wrong.id));
    const plainly = plainKind(root);
    if (kind !== "any" && plainly !== "unknown" && plainly !== kind) return at(`must answer ${WORDS[kind]}`, offsetOf(parsed, root.id));
    countLoops(root);
    const planned = plan(env, root);
    return { text, kind, run: (bindings) => run(planned, kind, bindings) };
  } catch (error) {
    return at(...syntax(error));
  }
}

const WORDS = { bool: "true or false", number: "a number", any: "anything" } as const;

function run(planned: ReturnType<typeof plan>, kind: Kind, bindings: Bindings): Answer {
  startRun(bindings.weight);
  try {
    const value = planned(bindings.values);
    // `error || true` is true in CEL; running out of steps is an error whatever else holds.
    if (overspent()) return { ok: false, error: `takes more than ${RUN.steps} steps` };
    if (isCelError(value)) return { ok: false, error: value.message };
    if (isCelList(value) && value.size > RUN.items) return { ok: false, error: `makes a list of more than ${RUN.items}` };
    const fits = kind === "any" || (kind === "bool" ? typeof value === "boolean" : typeof value === "bigint" || typeof value === "number");
    return fits ? { ok: true, value } : { ok: false, error: `does not answer ${WORDS[kind]}` };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

const offsetOf = (parsed: Parsed, id: bigint): number => {
  const positions: Record<string, number> = parsed.sourceInfo?.positions ?? {};
  return positions[String(id)] ?? 0;
};

/** The parser's error carries its place. */
function syntax(error: unknown): [string, number] {
  if (!(error instanceof Error)) return ["is not CEL", 0];
  const location = "location" in error ? (error.location as { start?: { offset?: number } }) : null;
  const message = "rawMessage" in error && typeof error.rawMessage === "string" ? error.rawMessage : error.message;
  return [`is not CEL: ${message}`, location?.start?.offset ?? 0];
}
