import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { toolsToCsv } from "@/lib/catalog/csv";
import { listTools, toolInput } from "@/lib/catalog/tools";
import { exportManifest } from "@/lib/manifest/export";
import { TENANT, withInstall } from "../session";

interface Options {
  output?: string;
  csv?: boolean;
}

export function addExport(program: Command): void {
  program
    .command("export")
    .description("Write what is in force (tools, chains, grants, stages, policy) as a licet.yaml. Applying it changes nothing")
    .option("-o, --output <path>", "a file instead of standard output")
    .option("--csv", "the tools alone, as a table: `licet import csv` takes it")
    .addHelpText(
      "after",
      `
Examples:
  npx licet export -o licet.yaml
  npx licet export --csv > tools.csv`,
    )
    .action(run);
}

async function run({ output, csv }: Options): Promise<void> {
  await withInstall(async () => {
    const text = csv ? toolsToCsv((await listTools(TENANT)).map(toolInput)) : await exportManifest(TENANT);
    if (output === undefined) process.stdout.write(text);
    else await writeFile(resolve(output), text);
  });
}
