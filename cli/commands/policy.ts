import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { checkPolicy, type PolicyProblem } from "@/lib/policy/parse";
import { plain, print } from "../print";
import { describeVerdict, tryCall } from "../try-call";
import { UsageError } from "../usage-error";

interface CheckOptions {
  file: string;
  json?: boolean;
}
interface TryOptions extends CheckOptions {
  request: string;
}

export function addPolicy(program: Command): void {
  const policy = program
    .command("policy")
    .description("Read a policy without putting it in force. Neither the server nor its data is needed");
  policy
    .command("check")
    .description("Say everything that is wrong with a policy document, with line and column")
    .requiredOption("-f, --file <path>", "the document")
    .option("--json", "print {ok, problems, warnings} as JSON")
    .addHelpText(
      "after",
      "\nExit code 1 when the document cannot be used. Warnings leave it at 0.\n\nExample:\n  npx licet policy check -f policy.yaml",
    )
    .action(check);
  policy
    .command("try")
    .description("Evaluate one call by a policy document and show what each rule said")
    .requiredOption("-f, --file <path>", "the document, or a licet.yaml that holds or names one")
    .requiredOption("--request <path>", "the call, as JSON or YAML: {agent, tool, arguments, reason, session, …}")
    .option("--json", "print the verdict as JSON")
    .addHelpText(
      "after",
      `
The call's tool is a whole catalog entry, or the name of one in the licet.yaml given with -f. Counters stand at nothing: a
cumulative rule is shown with what it would do once it is over its cap.

Example:
  echo '{"agent": "support-bot", "tool": "users.delete", "arguments": {"id": "u_1"}}' > call.json
  npx licet policy try -f licet.yaml --request call.json`,
    )
    .action(tryPolicy);
}

async function check({ file, json }: CheckOptions): Promise<void> {
  const { problems, warnings } = checkPolicy(await read(file));
  const place = ({ line, column, detail }: PolicyProblem) => `${file}:${line}:${column}: ${detail}`;
  const words = [...problems.map(place), ...warnings.map((warning) => `${place(warning)} (warning)`)];
  const end = problems.length ? "The policy cannot be used." : "The policy can be used.";
  print(json, { ok: problems.length === 0, problems, warnings }, [...words, end].join("\n"));
  if (problems.length) process.exitCode = 1;
}

async function tryPolicy({ file, request, json }: TryOptions): Promise<void> {
  const verdict = await tryCall(resolve(file), await read(request), request);
  print(json, verdict, plain(describeVerdict(verdict)));
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(resolve(path), "utf8");
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
