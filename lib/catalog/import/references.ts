import type { Json } from "@/lib/platform/strict-json";

const MOST_DEPTH = 12;
const MOST_NODES = 20_000;

/**
 * A copy of the value with every `$ref` inside the document followed. A reference that leads back into itself, leads nowhere
 * or out of the document, or lies too deep, takes anything there: {}.
 * @param root  the document
 */
export function resolveReferences(root: Json, value: Json): Json {
  let nodes = 0;
  const walk = (at: Json, open: readonly string[], depth: number): Json => {
    nodes += 1;
    if (depth > MOST_DEPTH || nodes > MOST_NODES) return {};
    if (Array.isArray(at)) return at.map((item) => walk(item, open, depth + 1));
    if (at === null || typeof at !== "object") return at;
    if (typeof at.$ref === "string") {
      const found = open.includes(at.$ref) ? undefined : find(root, at.$ref);
      return found === undefined ? {} : walk(found, [...open, at.$ref], depth + 1);
    }
    return Object.fromEntries(Object.entries(at).map(([name, item]) => [name, walk(item, open, depth + 1)]));
  };
  return walk(value, [], 0);
}

function find(root: Json, reference: string): Json | undefined {
  if (!reference.startsWith("#/")) return undefined;
  let at: Json | undefined = root;
  for (const part of reference.slice(2).split("/")) {
    const name = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    if (at === undefined || at === null || typeof at !== "object") return undefined;
    at = Array.isArray(at) ? at[Number(name)] : Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return at;
}
