import { readFile } from "node:fs/promises";
import { z } from "zod";
import { compileArguments } from "@/lib/catalog/arguments";
import { deriveTarget, notInspectable } from "@/lib/catalog/derive";
import { AgentName, ToolInput } from "@/lib/catalog/schema";
import { defineTool } from "@/lib/catalog/tools";
import { policyOf, readManifest } from "@/lib/manifest/read";
import { describeDuration } from "@/lib/platform/duration";
import { parseStrictYaml, YamlError } from "@/lib/platform/strict-yaml";
import { evaluate, type Verdict } from "@/lib/policy/evaluate";
import { parsePolicy, type ParsedPolicy } from "@/lib/policy/parse";
import { STAGES } from "@/lib/policy/schema";
import { table } from "./print";
import { UsageError } from "./usage-error";

const Request = z.strictObject({
  agent: AgentName,
  tool: z.union([z.string(), ToolInput]),
  arguments: z.record(z.string(), z.json()).default({}),
  reason: z.string().optional(),
  session: z.string().default("try"),
  root_agent: AgentName.optional(),
  stage: z.enum(STAGES).default("production"),
  mcp_server: z.string().optional(),
  held: z.array(z.string()).default([]),
  facts: z.record(z.string(), z.json()).default({}),
  at: z.iso.datetime({ offset: true }).optional(),
});

/**
 * Evaluates one call as the server would, with every counter at nothing.
 * @param file  a policy document, or a licet.yaml
 * @throws UsageError for a request that says nothing useful; invalidPolicy, invalidManifest for the file
 */
export async function tryCall(file: string, text: string, name: string): Promise<Verdict> {
  const { agent, tool: named, arguments: given, at, ...more } = parseRequest(text, name);
  const { policy, tools } = await readFileOf(file);
  const input = typeof named === "string" ? tools.find((each) => each.name === named) : named;
  if (!input)
    throw new UsageError(
      `${name}: there is no tool named ${String(named)} in ${file}. Write the whole entry, or give a licet.yaml that has it.`,
    );
  const tool = { id: input.name, version: 1, ...defineTool(input) };
  const filled = compileArguments(tool.arguments)(given);
  if (Array.isArray(filled)) throw refuse(name, filled);
  const target = deriveTarget(tool, filled);
  if (Array.isArray(target)) throw refuse(name, target);
  const { resource, scope } = target;
  const now = at === undefined ? new Date() : new Date(at);
  return evaluate(
    { version: 1, ...policy },
    {
      agent,
      tool: { ...tool, scope },
      mcp_server: tool.mcp?.server ?? null,
      kinds: tool.kinds,
      arguments: filled,
      resource,
      notInspectable: notInspectable(filled),
      now,
      ...more,
    },
  );
}

function parseRequest(text: string, name: string): z.output<typeof Request> {
  try {
    const parsed = Request.safeParse(parseStrictYaml(text).data);
    if (parsed.success) return parsed.data;
    throw new UsageError(
      `${name}: ${parsed.error.issues.map((issue) => `${issue.path.join(".") || "the request"} ${issue.message}`).join("; ")}`,
    );
  } catch (error) {
    if (error instanceof YamlError) throw new UsageError(`${name}: ${error.message}`);
    throw error;
  }
}

const refuse = (name: string, problems: { pointer: string; detail: string }[]) =>
  new UsageError(`${name}: ${problems.map(({ pointer, detail }) => `${pointer} ${detail}`).join("; ")}`);

/** A licet.yaml names tools, grants, chains or a policy; a policy document none of these. */
async function readFileOf(file: string): Promise<{ policy: ParsedPolicy; tools: ToolInput[] }> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (!/^(tools|grants|chains|policy)\s*:/m.test(text)) return { policy: parsePolicy(text), tools: [] };
  const manifest = await readManifest(file);
  return { policy: parsePolicy(policyOf(manifest)), tools: manifest.tools };
}

const MARKS = { matched: "+", not: "-", skipped: " " } as const;

/** The verdict and all that was tried, for people. */
export function describeVerdict({ effect, rule, chain, risk, axes, reasons, timeout, branches, explanation }: Verdict): string {
  const said = { allow: "Allowed.", ask: `A person decides: chain ${chain}, ${describeDuration(timeout)}.`, deny: "Denied." }[effect];
  const over = branches.map((branch) => `Over its cap ${branch.counter.rule} would ${branch.over.effect} it.`);
  return [
    `${said} Rule: ${rule ?? "none matched"}. Reason codes: ${reasons.join(", ")}.`,
    `Risk: ${risk} (irreversibility ${axes.irreversibility}, blast radius ${axes.blast_radius}, privilege ${axes.privilege}).`,
    ...over,
    "",
    table(explanation.map(({ part, name, result, why }) => [MARKS[result], part, name, why])),
  ].join("\n");
}
