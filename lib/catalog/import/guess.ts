import type { ToolInput } from "../schema";
import type { Action, Impact, Reversibility } from "../terms";

/** What an upstream says of its tool. It may raise what the name and the schema suggest, never lower it. */
export interface Hints {
  readOnly?: boolean;
  /** MCP's default where the tool is not read-only: true. */
  destructive?: boolean;
  openWorld?: boolean;
}

const READ =
  /^(get|list|search|read|find|fetch|view|show|describe|count|check|lookup|query|status|summarize|compare|download|export|preview|head)$/;
const DELETE =
  /^(delete|remove|drop|destroy|purge|erase|wipe|truncate|cancel|revoke|unlink|uninstall|close|archive|dismiss|terminate|kill)$/;
const INVOKE = /^(run|execute|exec|trigger|dispatch|rerun|start|restart|invoke|call|eval|deploy|build|rollback)$/;
const WRITE =
  /^(create|add|update|set|write|put|post|patch|edit|insert|upload|push|merge|assign|move|rename|mark|append|fork|submit|enable|disable|replace|reset|save|import|transfer|pay|refund|book|reserve|schedule|reprioritize|star|unstar|manage)$/;
const OUTWARD = /^(send|email|mail|message|publish|share|invite|notify|post|tweet|sms|webhook|pay|transfer|payment|announce)$/;
const MANY = /^(all|bulk|batch|many|multiple|list|search|query)$/;

const wordsOf = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);

/**
 * A first classification of a tool nobody has looked at: from its name, its schema, and hints that can only raise it. A
 * tool that calls itself read-only and is named delete_… is not believed. Imported tools carry no justification, so each is
 * high until a person has looked.
 */
export function classify(name: string, schema: object, hints: Hints): Pick<ToolInput, "action" | "impact" | "reversibility"> {
  const words = wordsOf(name);
  const says = (verbs: RegExp) => words.some((word) => verbs.test(word));
  const named = says(DELETE) ? "delete" : says(INVOKE) ? "invoke" : says(WRITE) || says(OUTWARD) ? "write" : says(READ) ? "read" : null;
  const action: Action = named === "read" && hints.readOnly === false ? "write" : (named ?? "write");
  if (action === "read")
    return { action, impact: says(MANY) || hasListArgument(schema) ? "records" : "record", reversibility: "reversible" };
  const destructive = action === "delete" || hints.destructive !== false;
  const reversibility: Reversibility = destructive ? "irreversible" : "effort";
  const impact: Impact =
    says(OUTWARD) || hints.openWorld === true ? "external" : says(MANY) || hasListArgument(schema) ? "records" : "record";
  return { action, impact, reversibility };
}

/** Does one of its words delete or run something, or does it begin with one that writes? For calls that HTTP says only read. */
export const doesMore = (name: string) => {
  const words = wordsOf(name.slice(name.lastIndexOf(".") + 1));
  return words.some((word) => DELETE_FOR_GOOD.test(word)) || words.slice(0, 2).some((word) => DELETE.test(word) || INVOKE.test(word));
};
const DELETE_FOR_GOOD = /^(delete|remove|drop|destroy|purge|erase|wipe|truncate)$/;

const propertiesOf = (schema: object): Record<string, unknown> =>
  "properties" in schema && schema.properties && typeof schema.properties === "object" ? { ...schema.properties } : {};

const hasListArgument = (schema: object) =>
  Object.entries(propertiesOf(schema)).some(
    ([name, value]) => /^(ids|items|records|users|recipients|paths|files)$/.test(name) && value !== null && typeof value === "object",
  );

const DECISIVE = [
  /^(to|recipients?|email|address)$/,
  /^(amount|total|price)$/,
  /^(repo|repository|project|account|database|table)$/,
  /^(path|file|url)$/,
  /(^id$|_id$|Id$|_number$)/,
  /^(branch|name)$/,
];

/** The arguments a person should have touched: whom it goes to, how much, where, which. At most three. */
export function decisiveOf(schema: object): string[] {
  const names = Object.keys(propertiesOf(schema));
  return DECISIVE.flatMap((pattern) => names.filter((name) => pattern.test(name)).slice(0, 1))
    .slice(0, 3)
    .map((name) => name.replaceAll("~", "~0").replaceAll("/", "~1"));
}
