import type { Command } from "commander";
import { listAgents, registerAgent } from "@/lib/catalog/agents";
import { AgentInput } from "@/lib/catalog/schema";
import { listPeople } from "@/lib/people/members";
import { parsed } from "../parsed";
import { print, table } from "../print";
import { OPERATOR, TENANT, withInstall } from "../session";

interface AddOptions {
  name: string;
  owner: string;
  responsibility: string;
  outOfScope?: string;
  json?: boolean;
}

export function addAgents(program: Command): void {
  const agents = program.command("agents").description("Agents: programs that ask before they act");
  agents
    .command("add")
    .description("Register an agent")
    .requiredOption("--name <name>", "lower-case letters, digits, . _ -")
    .requiredOption("--owner <address>", "e-mail of the person who answers for it, and who never decides its requests")
    .requiredOption("--responsibility <sentence>", "one sentence: what it is for")
    .option("--out-of-scope <patterns>", "tools it must never be granted, comma separated, * as a wildcard")
    .option("--json", "print {id} as JSON")
    .addHelpText(
      "after",
      `\nExample:\n  npx licet agents add --name support-bot --owner ken@example.org --responsibility "Answers customers' tickets."`,
    )
    .action(async ({ name, owner, responsibility, outOfScope, json }: AddOptions) => {
      const out_of_scope = (outOfScope ?? "")
        .split(",")
        .map((pattern) => pattern.trim())
        .filter(Boolean);
      const input = parsed("agents add:", AgentInput.omit({ owner: true }), { name, responsibility, out_of_scope });
      const id = await withInstall(async () => registerAgent(TENANT, OPERATOR, { ...input, owner: await findPerson(owner) }));
      print(json, { id }, `${name} was registered. Next: npx licet keys create --agent ${name}`);
    });
  agents
    .command("list")
    .description("List agents")
    .option("--json", "print {agents} as JSON")
    .addHelpText("after", "\nExample:\n  npx licet agents list")
    .action(async ({ json }: { json?: boolean }) => {
      const found = await withInstall(() => listAgents(TENANT));
      const rows = found.map((agent) => [agent.name, agent.status, agent.owner_name, agent.responsibility]);
      print(json, { agents: found }, rows.length ? table(rows) : "No agents yet.");
    });
}

async function findPerson(email: string): Promise<string> {
  const wanted = email.trim().toLowerCase();
  const person = (await listPeople(TENANT)).find((each) => each.email === wanted);
  if (!person) throw new Error(`--owner: there is no person ${email}. Nothing was registered. Add them first: npx licet people add`);
  return person.id;
}
