import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { writeSecretFile } from "@/lib/db/embedded/files";
import { prepareDemo } from "@/lib/manifest/demo";
import { listPeople } from "@/lib/people/members";
import { DECIDING_ROLES, hasRole } from "@/lib/people/roles";
import { problem } from "@/lib/platform/problem";
import { print } from "../print";
import { OPERATOR, TENANT, withInstall } from "../session";

const nobodyDecides = problem(
  "nobody_decides",
  409,
  "Nobody can decide yet: open the set-up link that npm start printed, then run npm run demo again.",
);

/** What `npm run demo` needs: the example agent and a key that works, kept with the data for the next time. */
export function addDemo(program: Command): void {
  program
    .command("demo-agent", { hidden: true })
    .option("--json")
    .action(async ({ json }: { json?: boolean }) => {
      const result = await withInstall(async ({ dataDir }) => {
        const people = await listPeople(TENANT);
        const canDecide = people.some((person) => person.status === "active" && person.signs_in && hasRole(person, ...DECIDING_ROLES));
        if (!canDecide) throw nobodyDecides();
        const file = join(dataDir, "demo-key");
        const { agentId, key } = await prepareDemo(TENANT, OPERATOR, await read(file));
        await mkdir(dataDir, { recursive: true, mode: 0o700 });
        await writeSecretFile(file, key);
        return { agent_id: agentId, key };
      });
      print(json, result, result.key);
    });
}

const read = async (file: string): Promise<string | null> => (await readFile(file, "utf8").catch(() => "")).trim() || null;
