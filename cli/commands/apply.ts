import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { applyManifest, type Applied } from "@/lib/manifest/apply";
import { readManifest } from "@/lib/manifest/read";
import { print, table } from "../print";
import { OPERATOR, TENANT, withInstall } from "../session";

interface Options {
  file: string;
  yes?: boolean;
  json?: boolean;
}

export function addApply(program: Command): void {
  program
    .command("apply")
    .description("Apply a licet.yaml (tools, grants, chains, policy) whole or not at all. What it does not name is left as it is")
    .requiredOption("-f, --file <path>", "the file")
    .option("-y, --yes", "apply without asking")
    .option("--json", "print {applied, changes, warnings} as JSON")
    .addHelpText("after", "\nWithout --yes it shows what would change and asks.\n\nExample:\n  npx licet apply -f licet.yaml --yes")
    .action(apply);
}

async function apply({ file, yes, json }: Options): Promise<void> {
  const manifest = await readManifest(resolve(file));
  await withInstall(async () => {
    if (yes) return report(json, await applyManifest(TENANT, OPERATOR, manifest, false), true);
    const planned = await applyManifest(TENANT, OPERATOR, manifest, true);
    report(json, planned, false);
    if (json || planned.changes.every((change) => change.change === "unchanged")) return;
    if (!process.stdin.isTTY) throw new Error("Nothing was changed: pass --yes to apply this without being asked.");
    if (!(await confirmed())) return console.log("Nothing was changed.");
    report(json, await applyManifest(TENANT, OPERATOR, manifest, false), true);
  });
}

const SIGNS = { added: "+", changed: "~", unchanged: " " };

function report(json: boolean | undefined, { changes, warnings }: Applied, applied: boolean): void {
  const rows = changes.map(({ kind, name, change, detail }) => [SIGNS[change], kind, name, change, detail]);
  const words = [table(rows), ...warnings.map((warning) => `! ${warning}`), applied ? "Applied." : "This is what would change."];
  print(json, { applied, changes, warnings }, words.filter(Boolean).join("\n"));
}

async function confirmed(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question("Apply it? [y/N] ");
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
