import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { parseCalls } from "@/lib/manifest/recorded-calls";
import { policyOf, readManifest } from "@/lib/manifest/read";
import { replay, type Replay, type Tally } from "@/lib/manifest/replay";
import { parsePolicy } from "@/lib/policy/parse";
import { print, table } from "../print";
import { UsageError } from "../usage-error";

export function addReplay(program: Command): void {
  program
    .command("replay <calls>")
    .description("Say what a licet.yaml would have allowed, asked and denied of calls that an agent made. Nothing need be installed")
    .requiredOption("-f, --file <path>", "the licet.yaml with the tools and the policy (without one: the default policy)")
    .option("--json", "print {kinds, tools, calls} as JSON")
    .addHelpText(
      "after",
      `
CALLS is a file of JSON Lines {session, kind?, tool, arguments, reason?, at?}, or one JSON document
{sessions: [{id, kind?, reason?, calls: [{tool, arguments}]}]}. Every tool of the file counts as granted; cumulative rules
count as they would have, limits of time do not.

Example:
  npx licet replay calls.jsonl -f licet.yaml`,
    )
    .action(run);
}

async function run(calls: string, { file, json }: { file: string; json?: boolean }): Promise<void> {
  const text = await readFile(resolve(calls), "utf8").catch((error: unknown) => {
    throw new UsageError(`${calls} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const manifest = await readManifest(resolve(file));
  const policy = { version: 1, ...parsePolicy(policyOf(manifest)) };
  const replayed = replay(manifest.tools, policy, parseCalls(text));
  print(json, replayed, describe(replayed));
}

const percent = (part: number, { allowed, asked, denied }: Tally) => `${((100 * part) / (allowed + asked + denied)).toFixed(1)} %`;

const rows = (tallies: Record<string, Tally>) =>
  Object.entries(tallies).map(([name, tally]) => [
    name,
    ...[tally.allowed, tally.asked, tally.denied].flatMap((part) => [String(part), percent(part, tally)]),
  ]);

const HEAD = ["allowed", "", "asked", "", "denied", ""];

function describe({ kinds, tools, calls }: Replay): string {
  const notAllowed = calls.filter(({ outcome }) => outcome !== "allowed");
  return [
    table([["kind", ...HEAD], ...rows(kinds)]),
    "",
    table([["tool", ...HEAD], ...rows(tools)]),
    ...(notAllowed.length
      ? ["", table(notAllowed.map(({ outcome, kind, session, tool, rule, why }) => [outcome, kind, session, tool, rule ?? "-", why]))]
      : []),
  ].join("\n");
}
