import { z } from "zod";
import { canonicalDigest } from "@/lib/platform/canonical";
import { problem } from "@/lib/platform/problem";
import { ToolInput } from "../schema";
import { classify, decisiveOf } from "./guess";

export const invalidToolsList = problem(
  "invalid_tools_list",
  422,
  "This is not an MCP server's answer to tools/list. Nothing was imported.",
);

const Schema = z.record(z.string(), z.json());

const Listed = z.object({
  tools: z
    .array(
      z.object({
        name: z.string().min(1).max(100),
        description: z.string().optional(),
        inputSchema: Schema.default({ type: "object", properties: {} }),
        outputSchema: Schema.optional(),
        annotations: z
          .object({ readOnlyHint: z.boolean(), destructiveHint: z.boolean(), openWorldHint: z.boolean() })
          .partial()
          .loose()
          .optional(),
      }),
    )
    .max(2000),
});

/**
 * The tools of an MCP server's `tools/list` answer (the whole JSON-RPC answer, its result, or the list), as catalog entries
 * named `server.tool`. The upstream's own words are kept apart (`pinned`): a title that a person reads must be written by one.
 * @throws invalidToolsList with the place
 */
export function toolsFromMcp(text: string, server: string, source: Source = {}): ToolInput[] {
  const parsed = Listed.safeParse(listIn(readJson(text)));
  if (!parsed.success) throw invalidToolsList({ detail: words(parsed.error) });
  const inputs = parsed.data.tools.map(({ name, description, inputSchema, outputSchema, annotations = {} }) => ({
    name: `${server}.${name.replaceAll(/[^A-Za-z0-9._/:-]/g, "_")}`,
    ...classify(name, inputSchema, {
      ...(annotations.readOnlyHint !== undefined && { readOnly: annotations.readOnlyHint }),
      ...(annotations.destructiveHint !== undefined && { destructive: annotations.destructiveHint }),
      ...(annotations.openWorldHint !== undefined && { openWorld: annotations.openWorldHint }),
    }),
    arguments: inputSchema,
    decisive: decisiveOf(inputSchema),
    sensitive: [],
    mcp: { server, tool: name },
    pinned: pinned({ name, description: description ?? null, inputSchema, outputSchema: outputSchema ?? null, annotations }, source),
  }));
  const names = new Set<string>();
  return inputs.map((input, i) => {
    if (names.has(input.name)) throw invalidToolsList({ detail: `tools.${i}: there are two tools named ${input.name}` });
    names.add(input.name);
    const tool = ToolInput.safeParse(input);
    if (!tool.success) throw invalidToolsList({ detail: `tools.${i}: ${words(tool.error)}` });
    return tool.data;
  });
}

/** Where a list came from, as far as whoever imports it knows: who the server says it is, the package's integrity. */
export interface Source {
  server?: string;
  package?: string;
}

/** A tool as its source describes it, so that whatever changes there is seen: name, words, schemas, annotations, whose it is. */
function pinned(
  tool: { name: string; description: string | null; annotations: Record<string, unknown> } & Record<string, unknown>,
  source: Source,
): ToolInput["pinned"] {
  const whole = z.json().parse({ domain: "licet.source", v: 1, ...tool, ...source });
  return {
    hash: canonicalDigest(whole).toString("hex"),
    // The words and hints of the upstream, kept to be shown as such; the digest covers all of them.
    ...(tool.description ? { description: tool.description.slice(0, MOST_WORDS) } : {}),
    ...(Object.keys(tool.annotations).length ? { annotations: z.record(z.string(), z.json()).parse(tool.annotations) } : {}),
    ...source,
  };
}
const MOST_WORDS = 8_000;

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidToolsList({ detail: "the file is not JSON" });
  }
}

function listIn(data: unknown): unknown {
  if (Array.isArray(data)) return { tools: data };
  if (data && typeof data === "object" && "result" in data) return data.result;
  return data;
}

const words = (error: z.ZodError) =>
  error.issues.map((issue) => `${issue.path.map(String).join(".") || "the file"} ${issue.message}`).join("; ");
