import { Command, CommanderError } from "commander";
import { Problem } from "@/lib/platform/problem";
import { addAgents } from "./commands/agents";
import { addApply } from "./commands/apply";
import { addDemo } from "./commands/demo";
import { addKeys } from "./commands/keys";
import { addPeople } from "./commands/people";

const program = new Command("licet")
  .description(
    "Licet's command for the server's own host. It works on the same data as the server (LICET_DATA_DIR or DATABASE_URL, also\nfrom .env), whether or not the server runs, with the owner's rights; what it changes is recorded as the operator's.",
  )
  .exitOverride()
  .showHelpAfterError("(add --help for help)");

addPeople(program);
addAgents(program);
addKeys(program);
addApply(program);
addDemo(program);

const USAGE = 2;

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

/** Errors go to stderr; what was asked for with --json stays alone on stdout. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  if (error instanceof Problem) {
    const { detail } = error.details;
    console.error([error.title, typeof detail === "string" ? detail : ""].filter(Boolean).join("\n"));
  } else console.error(error instanceof Error ? error.message : String(error));
  return 1;
}
