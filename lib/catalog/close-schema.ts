/** A JSON Schema, or true or false. */
type Schema = unknown;
type Members = Record<string, Schema>;

const isMembers = (value: Schema): value is Members => value !== null && typeof value === "object" && !Array.isArray(value);

/** Keywords that hold a schema for a part of the value, for each part by name, and for the value itself ("in place"). */
const PART = ["items", "additionalItems", "additionalProperties", "unevaluatedItems", "unevaluatedProperties"];
const PARTS = ["properties", "patternProperties"];
const LISTED_PARTS = ["prefixItems"];
const IN_PLACE = ["then", "else"];
const LISTED_IN_PLACE = ["allOf", "anyOf", "oneOf"];
const NAMED_IN_PLACE = ["dependentSchemas", "$defs", "definitions"];
const COMPOSING = [...IN_PLACE, ...LISTED_IN_PLACE, "if", "dependentSchemas", "$ref", "patternProperties"];

const MOST_DEPTH = 64;

/**
 * The schema with every object that lists its members refusing all others, unless it says itself what of others is. What a
 * schema is put together of in place is closed as a whole, or its parts would refuse each other's members. `if`, `not` and
 * `contains` stay as they are: what asks whether a value fits would ask something else if it were stricter.
 */
export function closeSchema(root: Members): Members {
  const closed = close(root, root, false, 0);
  return isMembers(closed) ? closed : root;
}

function close(root: Members, node: Schema, inPlace: boolean, depth: number): Schema {
  if (!isMembers(node) || depth > MOST_DEPTH) return node;
  const copy: Members = { ...node };
  const go = (value: Schema, at: boolean) => close(root, value, at, depth + 1);
  const list = (value: Schema, at: boolean) => (Array.isArray(value) ? value.map((each) => go(each, at)) : go(value, at));
  const named = (value: Schema, at: boolean) =>
    isMembers(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, go(each, at)])) : value;
  for (const keyword of PART) if (keyword in copy) copy[keyword] = list(copy[keyword], false);
  for (const keyword of LISTED_PARTS) if (keyword in copy) copy[keyword] = list(copy[keyword], false);
  for (const keyword of PARTS) if (keyword in copy) copy[keyword] = named(copy[keyword], false);
  for (const keyword of IN_PLACE) if (keyword in copy) copy[keyword] = go(copy[keyword], true);
  for (const keyword of LISTED_IN_PLACE) if (keyword in copy) copy[keyword] = list(copy[keyword], true);
  for (const keyword of NAMED_IN_PLACE) if (keyword in copy) copy[keyword] = named(copy[keyword], true);
  if (inPlace || "additionalProperties" in node || "unevaluatedProperties" in node || !listsMembers(root, node, 0)) return copy;
  copy[COMPOSING.some((keyword) => keyword in node) ? "unevaluatedProperties" : "additionalProperties"] = false;
  return copy;
}

/** Does it, or anything it is put together of, name members? */
function listsMembers(root: Members, node: Schema, depth: number): boolean {
  if (!isMembers(node) || depth > MOST_DEPTH) return false;
  if (isMembers(node.properties) || isMembers(node.patternProperties)) return true;
  const inPlace = [...LISTED_IN_PLACE.flatMap((keyword) => node[keyword]), ...[...IN_PLACE, "if"].map((keyword) => node[keyword])];
  if (isMembers(node.dependentSchemas)) inPlace.push(...Object.values(node.dependentSchemas));
  if (typeof node.$ref === "string") inPlace.push(find(root, node.$ref));
  return inPlace.some((each) => listsMembers(root, each, depth + 1));
}

function find(root: Members, reference: string): Schema {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  let at: Schema = root;
  for (const part of reference.slice(2).split("/")) {
    const name = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    at = Array.isArray(at) ? at[Number(name)] : isMembers(at) ? at[name] : undefined;
  }
  return at;
}
