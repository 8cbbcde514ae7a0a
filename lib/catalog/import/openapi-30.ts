import type { Json } from "@/lib/platform/strict-json";

/** What OpenAPI 3.0 writes otherwise than JSON Schema: `nullable`, and bounds and `required` as booleans. */
export function fromOpenApi30(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(fromOpenApi30);
  if (schema === null || typeof schema !== "object") return schema;
  const kept = Object.entries(schema).filter(
    ([keyword, value]) => !(typeof value === "boolean" && /^(nullable|exclusiveMinimum|exclusiveMaximum|required)$/.test(keyword)),
  );
  const translated = Object.fromEntries(kept.map(([keyword, value]) => [keyword, VALUES.has(keyword) ? value : fromOpenApi30(value)]));
  return schema.nullable === true && typeof schema.type === "string" ? { ...translated, type: [schema.type, "null"] } : translated;
}

const VALUES = new Set(["enum", "const", "default", "example", "examples"]);
