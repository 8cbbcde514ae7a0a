import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { applyManifest, type Applied } from "@/lib/manifest/apply";
import { readManifest, type ReadManifest } from "@/lib/manifest/read";
import { plain, print, table } from "../print";
import { OPERATOR, TENANT, withInstall } from "../session";
import { UsageError } from "../usage-error";

export interface ApplyOptions {
  yes?: boolean;
  json?: boolean;
}
interface Options extends ApplyOptions {
  file: string;
}

export function addApply(program: Command): void {
  program
    .command("apply")
    .description("Apply a licet.yaml (tools, grants, chains, policy) whole or not at all. What it does not name is left as it is")
    .requiredOption("-f, --file <path>", "the file")
    .option("-y, --yes", "apply without asking")
    .option("--json", "print {applied, changes, warnings, proposed} as JSON")
    .addHelpText(
      "after",
      `
While there has only ever been one admin it is in force at once. Once two have existed, what widens is proposed instead:
an admin approves it, and "proposed" is the change's id.

Without --yes it shows what would change and asks; where nobody can be asked it changes nothing and ends with exit code 2.

Example:
  npx licet apply -f licet.yaml --yes`,
    )
    .action(apply);
}

async function apply({ file, ...options }: Options): Promise<void> {
  await applyRead(await readManifest(resolve(file)), options);
}

/** Shows what would change, asks unless told not to, and applies it. @param read  may look at what is in force */
export async function applyRead(read: ReadManifest | (() => Promise<ReadManifest>), { yes, json }: ApplyOptions): Promise<void> {
  await withInstall(async () => {
    const manifest = typeof read === "function" ? await read() : read;
    if (!yes) {
      const planned = await applyManifest(TENANT, OPERATOR, manifest, true);
      if (!changesAnything(planned)) return report(json, planned, false);
      if (!process.stdin.isTTY) {
        report(json, planned, false);
        throw new UsageError("Nothing was changed: pass --yes to apply this without being asked.");
      }
      console.error(plain(describe(planned)));
      if (!(await confirmed())) return print(json, { applied: false, ...planned }, "Nothing was changed.");
    }
    const done = await applyManifest(TENANT, OPERATOR, manifest, false);
    if (done.proposed === null) return report(json, done, true);
    print(
      json,
      { applied: false, ...done },
      `${describe(done)}\n\nProposed: an admin approves it within a day (change ${done.proposed}). Nothing is in force yet.`,
    );
  });
}

const SIGNS = { added: "+", changed: "~", unchanged: " " };

function describe({ changes, warnings }: Applied): string {
  const rows = changes.map(({ kind, name, change, detail }) => [SIGNS[change], kind, name, change, detail]);
  return [table(rows), ...warnings.map((warning) => `! ${warning}`)].filter(Boolean).join("\n");
}

const changesAnything = ({ changes }: Applied) => changes.some(({ change }) => change !== "unchanged");

function report(json: boolean | undefined, result: Applied, applied: boolean): void {
  const end = applied ? "Applied." : "This is what would change.";
  const words = [describe(result), changesAnything(result) ? end : "All of this is in force already."];
  print(json, { applied, ...result }, words.filter(Boolean).join("\n"));
}

/** Ctrl-C and the end of input are a no. */
async function confirmed(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((done) => lines.once("close", () => done("")));
  const answer = await Promise.race([lines.question("Apply it? [y/N] "), closed]);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
