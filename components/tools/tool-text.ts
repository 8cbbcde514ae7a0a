import { entriesOf } from "@/components/ui/text-field";
import type { ToolInput } from "@/lib/catalog/schema";
import { catalogRisk } from "@/lib/catalog/risk";
import { METHODS, type Action, type Impact, type Reversibility } from "@/lib/catalog/terms";
import type { CatalogTool } from "@/lib/client/use-tools";

/** A tool as it stands in the form: text as typed, choices as made. */
export interface ToolText {
  name: string;
  title: string;
  action: Action;
  impact: Impact;
  reversibility: Reversibility;
  justification: string;
  method: (typeof METHODS)[number] | "none";
  path: string;
  scope: string;
  /** JSON. */
  schema: string;
  /** One a line. */
  decisive: string;
  sensitive: string;
}

/** Before anything is known about a tool the worst is assumed. */
const EMPTY: ToolText = {
  name: "",
  title: "",
  action: "write",
  impact: "external",
  reversibility: "irreversible",
  justification: "",
  method: "none",
  path: "",
  scope: "",
  schema: "",
  decisive: "",
  sensitive: "",
};

export function toText(tool: CatalogTool | null): ToolText {
  if (!tool) return EMPTY;
  return {
    name: tool.name,
    title: tool.title ?? "",
    action: tool.action,
    impact: tool.impact,
    reversibility: tool.reversibility,
    justification: tool.justification ?? "",
    method: METHODS.find((method) => method === tool.method) ?? "none",
    path: tool.path ?? "",
    scope: tool.scope,
    schema: tool.arguments === null ? "" : JSON.stringify(tool.arguments, null, 2),
    decisive: tool.decisive.join("\n"),
    sensitive: tool.sensitive.join("\n"),
  };
}

type Schema = NonNullable<ToolInput["arguments"]>;

/** Reads the JSON Schema as typed. @returns undefined for none; a sentence for what is no JSON object */
export function readSchema(text: string): { schema: Schema | undefined; problem: string | null } {
  if (text.trim() === "") return { schema: undefined, problem: null };
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { schema: value, problem: null };
    return { schema: undefined, problem: 'A JSON Schema is an object: {"type": "object", …}' };
  } catch (error) {
    return { schema: undefined, problem: `This is not JSON yet. ${error instanceof Error ? error.message : ""}`.trim() };
  }
}

const isObject = (value: unknown): value is Schema => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * What the API is sent; what is empty is left out, so that it is derived.
 * @param tool  as it is now: what the form does not show stays as it is
 */
export function toInput(text: ToolText, tool: CatalogTool | null): ToolInput {
  const { schema } = readSchema(text.schema);
  const filled = (value: string) => value.trim() || undefined;
  return {
    name: text.name.trim(),
    title: filled(text.title),
    action: text.action,
    impact: text.impact,
    reversibility: text.reversibility,
    method: text.method === "none" ? undefined : text.method,
    path: filled(text.path),
    scope: filled(text.scope),
    justification: filled(text.justification),
    arguments: schema,
    decisive: entriesOf(text.decisive),
    sensitive: entriesOf(text.sensitive),
    ...(tool ? unseen(text, tool) : {}),
  };
}

/** Written in licet.yaml or imported: a version made here keeps it. */
function unseen(text: ToolText, tool: CatalogTool): Partial<ToolInput> {
  const { resource, mcp, kinds, cost, owner, pinned, action, impact, reversibility, justification } = tool;
  // A risk of its own was signed for what the tool was: another classification takes what follows from it.
  const reclassified = text.action !== action || text.impact !== impact || text.reversibility !== reversibility;
  const risk = reclassified || tool.risk === catalogRisk({ action, impact, reversibility, justification }) ? null : tool.risk;
  return Object.fromEntries(
    Object.entries({ resource, mcp, cost, owner, pinned, risk, kinds: Object.keys(kinds).length ? kinds : null }).filter(
      ([, value]) => value !== null,
    ),
  );
}
