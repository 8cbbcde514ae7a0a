import Ajv2020, { type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import { RE2JS } from "re2js";
import { closeSchema } from "./close-schema";
import type { Json } from "@/lib/platform/strict-json";

/** The arguments of one call, after defaults were filled in. */
export type Arguments = { [name: string]: Json };

export interface ArgumentProblem {
  /** JSON Pointer into the request body. */
  pointer: string;
  detail: string;
}

const MOST_BYTES = 32 * 1024;

/**
 * RE2 instead of the language's own expressions: a pattern cannot take exponential time. Ajv keeps what this makes under its
 * text (`toString`), so without one of its own every pattern would be the first one.
 */
const linearRegExp = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern };
  },
  { code: "linearRegExp" },
);

const ajv = new Ajv2020({
  strict: false,
  allErrors: false,
  useDefaults: true,
  validateFormats: false,
  ownProperties: true,
  code: { regExp: linearRegExp },
});

/** What is wrong with a schema, or null. */
export function schemaProblem(schema: Record<string, unknown>): string | null {
  if (Buffer.byteLength(JSON.stringify(schema)) > MOST_BYTES) return `is larger than ${MOST_BYTES / 1024} KiB`;
  if (schema.type !== undefined && schema.type !== "object") return 'describes something other than an object ("type": "object")';
  const outside = findReference(schema);
  if (outside) return `refers to ${outside}: only references within the schema (#/…) are followed`;
  try {
    compile(schema);
    return null;
  } catch (error) {
    return `is not a JSON Schema: ${(error as Error).message}`;
  }
}

function findReference(node: unknown): string | null {
  if (!node || typeof node !== "object") return null;
  for (const [key, value] of Object.entries(node)) {
    if ((key === "$ref" || key === "$dynamicRef") && typeof value === "string" && !value.startsWith("#")) return value;
    const found = findReference(value);
    if (found) return found;
  }
  return null;
}

/**
 * Compiles a tool's schema to a check that fills defaults in and refuses what the schema does not name.
 * @param schema  null: the tool says nothing about its arguments, anything goes
 */
export function compileArguments(schema: Record<string, unknown> | null): (given: Arguments) => Arguments | ArgumentProblem[] {
  if (!schema) return (given) => given;
  const validate = compile(schema);
  return (given) => {
    const copy = structuredClone(given);
    return validate(copy) ? copy : (validate.errors ?? []).map(explain);
  };
}

/** Compiled checks by the schema's text: a configuration is read anew whenever anything in it changes. */
const compiled = new Map<string, ValidateFunction>();
const MOST_COMPILED = 5_000;

function compile(schema: Record<string, unknown>): ValidateFunction {
  const { $schema: _dialect, $id: _id, ...rest } = schema;
  const text = JSON.stringify(rest);
  const known = compiled.get(text);
  if (known) return known;
  const closed = closeSchema({ type: "object", ...rest });
  const validate = ajv.compile(closed);
  ajv.removeSchema(closed); // or it would be kept for ever
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(text, validate);
  return validate;
}

function explain(error: ErrorObject): ArgumentProblem {
  const missing = error.params as {
    missingProperty?: string;
    additionalProperty?: string;
    unevaluatedProperty?: string;
    allowedValues?: unknown[];
  };
  const unknown = missing.additionalProperty ?? missing.unevaluatedProperty;
  const name = missing.missingProperty ?? unknown;
  const pointer = `/arguments${error.instancePath}${name === undefined ? "" : `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`}`;
  if (missing.missingProperty) return { pointer, detail: "is required" };
  if (unknown !== undefined) return { pointer, detail: "is not an argument of this tool" };
  if (missing.allowedValues) return { pointer, detail: `must be one of ${JSON.stringify(missing.allowedValues)}` };
  return { pointer, detail: error.message ?? "does not fit the tool's schema" };
}
