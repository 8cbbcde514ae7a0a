import { Command, CommanderError } from "commander";
import { version } from "../package.json";
import { addAgents } from "./commands/agents";
import { addApply } from "./commands/apply";
import { addDemo } from "./commands/demo";
import { addExport } from "./commands/export";
import { addImport } from "./commands/import";
import { addKeys } from "./commands/keys";
import { addPeople } from "./commands/people";
import { addPolicy } from "./commands/policy";
import { addReplay } from "./commands/replay";
import { explain } from "./explain";
import { plain } from "./print";
import { UsageError } from "./usage-error";

const program = new Command("licet")
  .version(version)
  .description(
    "Licet's command for the server's own host. It works on the same data as the server (LICET_DATA_DIR or DATABASE_URL, also from .env), whether or not the server runs, with the owner's rights. What it changes is recorded as the operator's.",
  )
  .addHelpText(
    "after",
    `
With --json a command prints one line of JSON on stdout and nothing else. What went wrong is on stderr; exit code 1 is a
refusal, 2 a command typed wrongly.

Example, from nothing to a key:
  npx licet people add --email ken@example.org --name "Ken Abe" --role owner
  npx licet agents add --name support-bot --owner ken@example.org --responsibility "Answers customers' tickets."
  npx licet apply -f licet.yaml --yes
  npx licet keys create --agent support-bot`,
  )
  .exitOverride()
  .showHelpAfterError("(add --help for help)");

addPeople(program);
addAgents(program);
addKeys(program);
addApply(program);
addExport(program);
addImport(program);
addPolicy(program);
addReplay(program);
addDemo(program);

const REFUSED = 1;
const USAGE = 2;

try {
  await program.parseAsync();
} catch (error) {
  // Commander has said on stderr what it did not understand.
  if (!(error instanceof CommanderError)) console.error(plain(explain(error)));
  process.exitCode = exitCode(error);
}

function exitCode(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  return error instanceof UsageError ? USAGE : REFUSED;
}
