import Papa from "papaparse";
import { type z } from "zod";
import { problem } from "@/lib/platform/problem";
import { ToolInput } from "./schema";

export const invalidCsv = problem("invalid_csv", 422, "This is not a table of tools. Nothing was imported.");

/** In the order of the table. Lists and objects stand in their cell as JSON, a list of plain words with spaces between. */
const COLUMNS = [
  ...["name", "title", "action", "impact", "reversibility", "risk", "justification", "method", "path", "resource", "scope"],
  ...["decisive", "sensitive", "kinds", "cost", "owner", "mcp", "arguments", "pinned"],
] as const;
const JSON_COLUMNS = new Set(["kinds", "mcp", "arguments", "pinned"]);
const LIST_COLUMNS = new Set(["decisive", "sensitive"]);

/** RFC 4180, with a header. A cell that a spreadsheet would take for a formula is not changed: it would not come back the same. */
export function toolsToCsv(tools: readonly ToolInput[]): string {
  const rows = tools.map((tool) => {
    const fields: Record<string, unknown> = { ...tool };
    return COLUMNS.map((column) => {
      const value = fields[column];
      if (value === undefined) return "";
      if (LIST_COLUMNS.has(column) && Array.isArray(value)) return value.join(" ");
      return JSON_COLUMNS.has(column) ? JSON.stringify(value) : String(value);
    });
  });
  return `${Papa.unparse({ fields: [...COLUMNS], data: rows }, { newline: "\n" })}\n`;
}

/** @throws invalidCsv with the line of each problem */
export function toolsFromCsv(text: string): ToolInput[] {
  const { data, errors, meta } = Papa.parse<Record<string, string>>(text.replace(/^\uFEFF/, ""), {
    header: true,
    skipEmptyLines: "greedy",
    delimiter: ",",
  });
  const unknown = (meta.fields ?? []).filter((field) => !(COLUMNS as readonly string[]).includes(field));
  if (unknown.length) throw refuse([`line 1: there is no column ${unknown.join(", ")}. Known: ${COLUMNS.join(", ")}`]);
  if (errors.length) throw refuse(errors.map(({ row, message }) => `line ${(row ?? 0) + 2}: ${message}`));
  const problems: string[] = [];
  const tools = data.flatMap((row, i) => {
    const tool = readRow(row);
    if (typeof tool !== "string") return [tool];
    problems.push(`line ${i + 2}: ${tool}`);
    return [];
  });
  if (problems.length) throw refuse(problems);
  return tools;
}

function readRow(row: Record<string, string>): ToolInput | string {
  const fields: Record<string, unknown> = {};
  for (const [column, cell] of Object.entries(row)) {
    if (cell === "") continue;
    if (LIST_COLUMNS.has(column)) fields[column] = cell.split(/\s+/).filter(Boolean);
    else if (column === "cost") fields[column] = Number(cell);
    else if (!JSON_COLUMNS.has(column)) fields[column] = cell;
    else {
      try {
        fields[column] = JSON.parse(cell);
      } catch {
        return `${column} is not JSON`;
      }
    }
  }
  const parsed = ToolInput.safeParse(fields);
  return parsed.success ? parsed.data : words(parsed.error);
}

const words = (error: z.ZodError) =>
  error.issues.map(({ path, message }) => `${path.map(String).join(".") || "the row"} ${message}`).join("; ");

const refuse = (details: string[]) =>
  invalidCsv({ detail: details.slice(0, 20).join("\n"), errors: details.map((detail) => ({ detail })) });
