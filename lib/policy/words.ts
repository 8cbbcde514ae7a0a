import { z } from "zod";
import { parseDuration } from "@/lib/platform/duration";
import { Remembered } from "@/lib/platform/remembered";
import { BINDING_NAMES } from "./binding-names";
import { compileExpression, type Kind } from "./cel";
import { patternProblem } from "./re2";

/** Deadlines go from 10 s to 30 days (requirement C3). */
export const DEADLINE = { least: 10, most: 30 * 86_400 } as const;

export const Name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "is not a name: lower-case letters, digits, . _ -");

export const Pattern = z.string().min(1).max(128);

export const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item).min(1).max(50)]).transform((value) => (Array.isArray(value) ? value : [value]));

/** A duration in seconds, within bounds. */
const durationFrom = (least: number, most: number, words: string, example: string) =>
  z.union([z.string(), z.number()]).transform((value, context) => {
    const seconds = parseDuration(value);
    if (seconds === null) context.addIssue(`is not a duration, such as ${example}`);
    else if (seconds < least || seconds > most) context.addIssue(`must be from ${words}`);
    return seconds ?? 0;
  });

export const Deadline = durationFrom(DEADLINE.least, DEADLINE.most, "10s to 30d", "90s, 5m, 1h30m or 30d");
export const Window = durationFrom(60, 30 * 86_400, "1m to 30d", "1h or 7d");

/** Policies are read again whenever a tenant's configuration changes: what compiled once is kept. */
const compiled = new Remembered<ReturnType<typeof compileExpression>>(5000);
function compileOnce(text: string, kind: Kind) {
  const key = `${kind} ${text}`;
  const known = compiled.get(key);
  if (known) return known;
  const made = compileExpression(text, kind, BINDING_NAMES);
  compiled.set(key, made);
  return made;
}

/** CEL, compiled while it is read. */
export const Expression = (kind: Kind) =>
  z.string().transform((text, context) => {
    const made = compileOnce(text, kind);
    if ("run" in made) return made;
    context.addIssue(`${made.message} (line ${made.line}, column ${made.column} of the expression)`);
    return z.NEVER;
  });

/** An RE2 expression. It need not match the whole text. */
export const Re2 = z
  .string()
  .min(1)
  .max(500)
  .superRefine((text, context) => {
    const problem = patternProblem(text);
    if (problem) context.addIssue(problem);
  });

/** `arguments.amount`, `arguments.payments.*.amount`: names joined by dots, * for every item of a list. */
export const ArgumentPath = z
  .string()
  .max(200)
  .regex(/^arguments(\.(\*|[^.*\s]+)){1,8}$/, "is not a path such as arguments.amount or arguments.payments.*.amount");
