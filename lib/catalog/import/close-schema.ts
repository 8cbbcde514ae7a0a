import type { Json } from "@/lib/platform/strict-json";

const MOST_DEPTH = 24;

type Members = { [name: string]: Json };
const isMembers = (value: Json | undefined): value is Members => value !== null && typeof value === "object" && !Array.isArray(value);

/** Keywords whose value is a schema or a list of them, and those whose value has a schema for each name. */
const SCHEMAS = new Set([
  "items",
  "prefixItems",
  "additionalItems",
  "contains",
  "not",
  "if",
  "then",
  "else",
  "propertyNames",
  "additionalProperties",
]);
const CHOICES = new Set(["anyOf", "oneOf"]);
const NAMED = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);

/**
 * A JSON Schema that refuses what it does not name: each object that lists its members and does not say what of others is
 * closed. Of OpenAPI 3.0 what JSON Schema writes otherwise is translated. What is nested too deep takes nothing at all.
 */
export function closeSchema(schema: Json, depth = 0): Json {
  if (Array.isArray(schema)) return schema.map((item) => closeSchema(item, depth + 1));
  if (!isMembers(schema)) return schema;
  if (depth > MOST_DEPTH) return { not: {} };
  const closed: Members = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (NAMED.has(keyword) && isMembers(value)) {
      closed[keyword] = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, closeSchema(item, depth + 1)]));
    } else if (SCHEMAS.has(keyword) || CHOICES.has(keyword)) closed[keyword] = closeSchema(value, depth + 1);
    else if (!isOpenApiOnly(keyword, value)) closed[keyword] = value;
  }
  if (schema.nullable === true && typeof schema.type === "string") closed.type = [schema.type, "null"];
  const open = schema.additionalProperties === undefined && schema.unevaluatedProperties === undefined;
  // The parts of an allOf each see the whole object: closed one by one they would refuse each other's members.
  if (open && isMembers(schema.properties)) closed[Array.isArray(schema.allOf) ? "unevaluatedProperties" : "additionalProperties"] = false;
  return closed;
}

/** OpenAPI 3.0: nullable, and bounds and required as booleans. */
const isOpenApiOnly = (keyword: string, value: Json) =>
  keyword === "nullable" || (typeof value === "boolean" && /^(exclusiveMinimum|exclusiveMaximum|required)$/.test(keyword));
