import { resolvePointer } from "@/lib/platform/json-pointer";
import type { Json } from "@/lib/platform/strict-json";
import type { Action } from "@/lib/catalog/terms";

/** A piece of a heading: the catalog's words, or a value out of the request (drawn apart, every character visible). */
export interface HeadingPart {
  text: string;
  value?: true;
}

interface Titled {
  title: string | null;
  method: string | null;
}

interface Headed {
  tool_name: string;
  action_type: Action | null;
  arguments: { [name: string]: Json };
  resource: string | null;
  decisive: string[];
}

const MOST_VALUE = 64;
const show = (value: unknown) => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > MOST_VALUE ? `${text.slice(0, MOST_VALUE)}…` : text;
};

/**
 * What would happen, in one line: the catalog's title with the arguments filled in, else method and resource, else the
 * tool's name with what is decisive. Never a word of the agent's. A long value is cut here and whole in the arguments.
 */
export function heading(tool: Titled | null, request: Headed): HeadingPart[] {
  if (tool?.title) return fillIn(tool.title, request.arguments);
  if (tool?.method && request.resource !== null) return [{ text: `${tool.method} ` }, { text: show(request.resource), value: true }];
  const values = request.decisive.map((pointer) => resolvePointer(request.arguments, pointer)).filter((value) => value !== undefined);
  return [{ text: request.tool_name }, ...values.flatMap((value) => [{ text: " " }, { text: show(value), value: true as const }])];
}

function fillIn(title: string, given: { [name: string]: Json }): HeadingPart[] {
  return title
    .split(/(\{[^{}]+\})/)
    .filter((piece) => piece !== "")
    .map((piece) => {
      const name = /^\{([^{}]+)\}$/.exec(piece)?.[1];
      const value = name === undefined ? undefined : given[name];
      return value === undefined ? { text: piece } : { text: show(value), value: true };
    });
}
