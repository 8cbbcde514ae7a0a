import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { mergeImported } from "@/lib/catalog/import/merge";
import { toolsFromMcp } from "@/lib/catalog/import/mcp";
import { toolsFromOpenApi } from "@/lib/catalog/import/openapi";
import { toolsFromCsv } from "@/lib/catalog/csv";
import type { ToolInput } from "@/lib/catalog/schema";
import { listTools } from "@/lib/catalog/tools";
import type { ReadManifest } from "@/lib/manifest/read";
import { TENANT } from "../session";
import { UsageError } from "../usage-error";
import { applyRead, type ApplyOptions } from "./apply";

interface Options extends ApplyOptions {
  server: string;
}

const KINDS = {
  mcp: { from: toolsFromMcp, what: "an MCP server's answer to tools/list, as JSON" },
  openapi: { from: toolsFromOpenApi, what: "an OpenAPI 3.x document, JSON or YAML: one tool for each operation" },
} as const;

export function addImport(program: Command): void {
  const command = program
    .command("import")
    .description(
      "Take tools into the catalog. What they are is guessed from names and schemas, and high until a person writes why it is less",
    );
  for (const [kind, { what }] of Object.entries(KINDS) as [keyof typeof KINDS, (typeof KINDS)[keyof typeof KINDS]][]) {
    command
      .command(`${kind} <file>`)
      .description(`from ${what}`)
      .requiredOption("--server <name>", "what the tools' names start with")
      .option("-y, --yes", "import without asking")
      .option("--json", "print {applied, changes, warnings} as JSON")
      .addHelpText(
        "after",
        `
Shows what would change and asks; where nobody can be asked it changes nothing and ends with exit code 2.

Example:
  npx licet import ${kind} ${kind === "mcp" ? "tools.json" : "openapi.yaml"} --server crm --yes`,
      )
      .action((file: string, options: Options) => run(kind, file, options));
  }
  command
    .command("csv <file>")
    .description("from a table as `licet export --csv` writes it")
    .option("-y, --yes", "import without asking")
    .option("--json", "print {applied, changes, warnings} as JSON")
    .action(async (file: string, options: ApplyOptions) => applyRead(onlyTools(toolsFromCsv(await readText(file))), options));
}

async function run(kind: keyof typeof KINDS, file: string, { server, ...options }: Options): Promise<void> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,30}$/.test(server)) throw new UsageError("--server: letters, digits, _ and -, at most 31");
  const imported = KINDS[kind].from(await readText(file), server);
  // People's words stay, and what changed at its source is high again until somebody has looked.
  await applyRead(async () => {
    const known = new Map((await listTools(TENANT)).map((tool) => [tool.name, tool]));
    return onlyTools(imported.map((tool) => mergeImported(tool, known.get(tool.name))));
  }, options);
}

const onlyTools = (tools: ToolInput[]): ReadManifest => ({
  version: 1,
  tools,
  grants: [],
  chains: [],
  stages: [],
  policy: null,
  limits: null,
});

const readText = (file: string) =>
  readFile(resolve(file), "utf8").catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
