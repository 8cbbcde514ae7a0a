import { resolvePointer } from "@/lib/platform/json-pointer";
import type { Arguments, ArgumentProblem } from "./arguments";
import type { Tool } from "./schema";

/** The names in a template's braces: `/users/{id}` → ["id"]. */
export const templateNames = (template: string) => [...template.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? "");

/** An argument by its name in a template: `issue.number` is within `issue`, unless there is one of that whole name. */
function named(given: Arguments, name: string): unknown {
  if (Object.hasOwn(given, name)) return given[name];
  let value: unknown = given;
  for (const part of name.split(".")) {
    if (!value || typeof value !== "object" || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** A template filled in, each value percent-encoded, so that no argument can add a segment. */
function fill(template: string, what: string, given: Arguments): string | ArgumentProblem[] {
  const problems: ArgumentProblem[] = [];
  const filled = template.replace(/\{([^{}]+)\}/g, (_match, name: string) => {
    const value = named(given, name);
    const pointer = `/arguments/${Object.hasOwn(given, name) ? name : name.replaceAll(".", "/")}`;
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      problems.push({ pointer, detail: `fills in the tool's ${what}: it must be text, a number, or true or false` });
      return "";
    }
    const text = String(value);
    if (text === "" || text === "." || text === "..") {
      problems.push({ pointer, detail: `fills in the tool's ${what}: it must not be empty or dots alone` });
    }
    return encodeURIComponent(text);
  });
  return problems.length ? problems : filled;
}

/**
 * The resource a call acts on: the tool's template for it, or its path, filled in from the arguments. Derived, never
 * believed from the agent.
 * @returns null when the tool has neither
 */
export function deriveResource(tool: Pick<Tool, "path" | "resource">, given: Arguments): string | null | ArgumentProblem[] {
  const template = tool.resource ?? tool.path;
  return template ? fill(template, tool.resource ? "resource" : "path", given) : null;
}

/** The scope a call needs; of most tools the same for every call. */
export const deriveScope = (tool: Pick<Tool, "scope">, given: Arguments): string | ArgumentProblem[] =>
  tool.scope.includes("{") ? fill(tool.scope, "scope", given) : tool.scope;

/** What a call acts on and the scope it needs, or what in its arguments keeps them from being told. */
export function deriveTarget(
  tool: Pick<Tool, "path" | "resource" | "scope">,
  given: Arguments,
): { resource: string | null; scope: string } | ArgumentProblem[] {
  const resource = deriveResource(tool, given);
  const scope = deriveScope(tool, given);
  if (Array.isArray(resource)) return resource;
  return Array.isArray(scope) ? scope : { resource, scope };
}

/** A tool that names no scope has its own name for one: `users.delete` → `users:delete`. */
export const defaultScope = (name: string) => name.replaceAll(".", ":");

/**
 * What a person must confirm at high risk: what the catalog declares, else what fills in the path, else the first
 * argument that is a plain value. Only pointers that have a value in this call.
 */
export function decisivePointers(tool: Pick<Tool, "decisive" | "path" | "resource" | "arguments">, given: Arguments): string[] {
  const present = (pointer: string) => resolvePointer(given, pointer) !== undefined;
  const declared = tool.decisive.filter(present);
  if (declared.length) return declared;
  const inPath = templateNames(tool.resource ?? tool.path ?? "")
    .map((name) => `/${Object.hasOwn(given, name) ? name : name.replaceAll(".", "/")}`)
    .filter(present);
  if (inPath.length) return inPath;
  const order = Object.keys((tool.arguments?.properties as object | undefined) ?? given);
  const first = order.find((name) => given[name] !== null && ["string", "number", "boolean"].includes(typeof given[name]));
  return first === undefined ? [] : [`/${first.replaceAll("~", "~0").replaceAll("/", "~1")}`];
}

/** Long text that looks like encoded bytes: no renderer can show what it means. */
const ENCODED = /^(?:[A-Za-z0-9+/_-]{4}){64,}[A-Za-z0-9+/_=-]*$|^(?:[0-9a-fA-F]{2}){128,}$/;

/** Pointers of the values that nobody can read on a screen; each such call is treated as one step riskier. */
export function notInspectable(given: Arguments): string[] {
  const found: string[] = [];
  const walk = (value: unknown, pointer: string) => {
    if (typeof value === "string") {
      const unreadable = value.replace(/[\r\n\t]/g, "").match(/\p{Cc}/gu)?.length ?? 0;
      if (ENCODED.test(value) || unreadable > 8) found.push(pointer);
    } else if (value && typeof value === "object") {
      for (const [key, item] of Object.entries(value)) walk(item, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    }
  };
  walk(given, "");
  return found;
}
