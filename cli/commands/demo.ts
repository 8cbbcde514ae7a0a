import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { prepareDemo } from "@/lib/manifest/demo";
import { listPeople } from "@/lib/people/members";
import { DECIDING_ROLES, hasRole } from "@/lib/people/roles";
import { print } from "../print";
import { OPERATOR, TENANT, withInstall } from "../session";

/** What `npm run demo` needs: the example agent and a key that works, kept with the data for the next time. */
export function addDemo(program: Command): void {
  program
    .command("demo-agent", { hidden: true })
    .option("--json")
    .action(async ({ json }: { json?: boolean }) => {
      const result = await withInstall(async ({ dataDir }) => {
        const file = join(dataDir, "demo-key");
        const { agentId, key } = await prepareDemo(TENANT, OPERATOR, read(file));
        mkdirSync(dataDir, { recursive: true });
        writeFileSync(file, key, { mode: 0o600 });
        const people = await listPeople(TENANT);
        const deciders = people.filter((person) => person.status === "active" && person.signs_in && hasRole(person, ...DECIDING_ROLES));
        return { agent_id: agentId, key, can_decide: deciders.length > 0 };
      });
      print(json, result, result.key);
    });
}

function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return null;
  }
}
