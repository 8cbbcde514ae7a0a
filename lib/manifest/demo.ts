import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { withTenant, changeTenant, readTenant, type Actor } from "@/lib/db/tenant";
import { authenticateKey, createKey, listKeys, revokeKey } from "@/lib/credentials/agent-keys";
import { writeAgent } from "@/lib/catalog/agents";
import { addPlaceholder } from "@/lib/people/members";
import { projectRoot } from "@/lib/platform/root";
import { problem } from "@/lib/platform/problem";
import { applyManifest } from "./apply";
import { readManifest } from "./read";

export const demoTaken = problem(
  "demo_taken",
  409,
  "There is an agent of the example's name that is not the example. Nothing was changed.",
);
export const demoOver = problem(
  "demo_over",
  409,
  "There are agents here already: the example is for the first minutes. An operator can still run npm run demo.",
);

export const DEMO_AGENT = "support-bot";
const MANIFEST = "examples/support/licet.yaml";

/**
 * The example agent of `examples/support`: its tools, its grants and a key. It belongs to somebody who cannot sign in and
 * its key is made by the operator, so that a newcomer who is alone may decide its requests. Safe to call again.
 * @param known  a key from an earlier call: kept when it still works
 * @returns the key; a new one is shown once
 * @throws demoTaken when that agent has an owner who can sign in
 */
export async function prepareDemo(tenant: string, actor: Actor, known: string | null): Promise<{ agentId: string; key: string }> {
  const agentId = await ensureAgent(tenant, actor);
  await applyManifest(tenant, actor, await readManifest(join(projectRoot(), MANIFEST)), false);
  const identity = known === null ? null : await authenticateKey(known, false);
  if (known !== null && identity?.tenant === tenant && identity.agentId === agentId) return { agentId, key: known };
  const live = (await listKeys(tenant, agentId))
    .filter((key) => !key.revoked_at)
    .sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at));
  // An agent holds two keys at most: the oldest makes room.
  if (live.length > 1 && live[0]) await revokeKey(tenant, actor, live[0].id);
  const { key } = await createKey(tenant, actor, agentId);
  return { agentId, key };
}

async function ensureAgent(tenant: string, actor: Actor): Promise<string> {
  const found = await readTenant(tenant, async (client) => {
    const { rows } = await client.query<{ id: string; real: boolean }>(
      `select a.id, p.account_id is not null as real from agents a join people p on p.tenant_id = a.tenant_id and p.id = a.owner_id
       where a.tenant_id = $1 and a.name = $2`,
      [tenant, DEMO_AGENT],
    );
    return rows[0];
  });
  if (found?.real) throw demoTaken();
  if (found) return found.id;
  const owner = await changeTenant(tenant, actor, (client) => addPlaceholder(client, "Demo (nobody signs in)"));
  return withTenant(tenant, actor, (orm) =>
    writeAgent(
      orm,
      tenant,
      {
        name: DEMO_AGENT,
        owner,
        responsibility: "Answers customers' tickets of the example shop.",
        out_of_scope: ["payments.*"],
      },
      "production",
    ),
  );
}

/** The welcome page's way: only while there is no other agent, so that nobody's tools are touched. @throws demoOver, demoTaken */
export async function prepareFirstDemo(tenant: string, admin: { name: string }): Promise<{ agentId: string; key: string }> {
  const others = await readTenant(tenant, (client) =>
    client.query("select from agents where tenant_id = $1 and name <> $2", [tenant, DEMO_AGENT]),
  );
  if (others.rowCount) throw demoOver();
  return prepareDemo(tenant, { kind: "operator", via: `welcome page, ${admin.name}` }, null);
}

/** The first request the welcome page suggests, as the curl line shows it. */
export async function demoRequest(): Promise<string> {
  return readFile(join(projectRoot(), "examples/support/first-request.json"), "utf8");
}
