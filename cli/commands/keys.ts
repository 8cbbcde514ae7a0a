import type { Command } from "commander";
import { listAgents } from "@/lib/catalog/agents";
import { createKey, listKeys, noSuchAgent, revokeKey, type AgentKey } from "@/lib/credentials/agent-keys";
import { print, table } from "../print";
import { OPERATOR, TENANT, withInstall } from "../session";

export function addKeys(program: Command): void {
  const keys = program.command("keys").description("Keys: what an agent shows who it is with");
  keys
    .command("create")
    .description("Make a key for an agent. It is printed once and kept nowhere")
    .requiredOption("--agent <name>", "whose key it is")
    .option("--json", "print {id, key} as JSON")
    .addHelpText("after", "\nExample:\n  npx licet keys create --agent support-bot --json")
    .action(async ({ agent, json }: { agent: string; json?: boolean }) => {
      const { id, key } = await withInstall(async () => createKey(TENANT, OPERATOR, await findAgent(agent)));
      print(
        json,
        { id, key },
        `${key}\n\nThis is the only time it is shown. An agent holds two keys at most, so that one can be replaced.`,
      );
    });
  keys
    .command("list")
    .description("List an agent's keys by id, newest first")
    .requiredOption("--agent <name>", "whose keys")
    .option("--json", "print {keys} as JSON")
    .addHelpText("after", "\nExample:\n  npx licet keys list --agent support-bot")
    .action(async ({ agent, json }: { agent: string; json?: boolean }) => {
      const found = await withInstall(async () => listKeys(TENANT, await findAgent(agent)));
      print(json, { keys: found }, found.length ? table(found.map(describe)) : `${agent} has no keys.`);
    });
  keys
    .command("revoke")
    .description("Revoke a key, at once and everywhere")
    .requiredOption("--id <id>", "the part after licet_, as keys list shows it")
    .option("--json", "print {} as JSON")
    .addHelpText("after", "\nExample:\n  npx licet keys revoke --id 4f0c9a1be2d7")
    .action(async ({ id, json }: { id: string; json?: boolean }) => {
      await withInstall(() => revokeKey(TENANT, OPERATOR, id));
      print(json, {}, `The key ${id} is revoked.`);
    });
}

const describe = (key: AgentKey) => [
  key.id,
  `made ${key.created_at}`,
  key.last_used_at ? `last used ${key.last_used_at}` : "never used",
  key.revoked_at ? `revoked ${key.revoked_at}` : "",
];

async function findAgent(name: string): Promise<string> {
  const agent = (await listAgents(TENANT)).find((each) => each.name === name);
  if (!agent) throw noSuchAgent({ detail: `There is no agent ${name}. Register it first: npx licet agents add` });
  return agent.id;
}
