import { noSuchAgent } from "@/lib/credentials/agent-keys";
import { readTenant, withTenant, type Actor, type Orm } from "@/lib/db/tenant";
import { problem } from "@/lib/platform/problem";
import { outOfScope, outOfScopeBy } from "./grants";
import type { Agent, AgentInput, AgentPatch } from "./schema";
import type { Stage } from "./terms";

export const nameTaken = problem("name_taken", 409, "That name is taken. Nothing was registered.");
export const noSuchOwner = problem("no_such_owner", 422, "The owner must be an active person of this tenant.");

/** Grants of removed tools and keys that ended do not count: nothing can be asked with them. */
const COLUMNS = `a.id, a.name, a.owner_id, p.name as owner_name, a.responsibility, a.out_of_scope, a.status, a.stage, a.created_at,
  (select count(*)::int from grants g join tools t on t.tenant_id = g.tenant_id and t.id = g.tool_id
    where g.tenant_id = a.tenant_id and g.agent_id = a.id and g.revoked_at is null and t.status = 'active') as grants,
  (select count(*)::int from agent_keys k where k.tenant_id = a.tenant_id and k.agent_id = a.id and k.revoked_at is null
    and (k.expires_at is null or k.expires_at > clock_timestamp())) as keys`;

/** By the operator's command: in production at once. @throws nameTaken, noSuchOwner */
export async function registerAgent(tenant: string, actor: Actor, input: AgentInput): Promise<string> {
  return withTenant(tenant, actor, (orm) => writeAgent(orm, tenant, input, "production"));
}

/** @throws nameTaken, noSuchOwner */
export async function writeAgent(orm: Orm, tenant: string, input: AgentInput, stage: Stage = "trial"): Promise<string> {
  await checkOwner(orm, tenant, input.owner);
  if (await orm.agents.findUnique({ where: { tenant_id_name: { tenant_id: tenant, name: input.name } } })) throw nameTaken();
  const { owner, ...fields } = input;
  const agent = await orm.agents.create({ data: { tenant_id: tenant, owner_id: owner, stage, ...fields } });
  return agent.id;
}

/** @throws noSuchAgent, noSuchOwner, outOfScope when a live grant hits the new list */
export async function updateAgent(tenant: string, actor: Actor, id: string, patch: AgentPatch): Promise<void> {
  await withTenant(tenant, actor, (orm) => patchAgent(orm, tenant, id, patch));
}

export async function patchAgent(orm: Orm, tenant: string, id: string, { owner, ...patch }: AgentPatch): Promise<void> {
  if (owner) await checkOwner(orm, tenant, owner);
  if (patch.out_of_scope) {
    const grants = await orm.grants.findMany({ where: { tenant_id: tenant, agent_id: id, revoked_at: null }, include: { tools: true } });
    for (const { tools } of grants) {
      const version = await orm.tool_versions.findUnique({
        where: { tenant_id_tool_id_version: { tenant_id: tenant, tool_id: tools.id, version: tools.version } },
      });
      if (outOfScopeBy(patch.out_of_scope, tools.name, version?.resource ?? version?.path ?? null))
        throw outOfScope({ detail: `It is granted ${tools.name}. Revoke that grant first.` });
    }
  }
  const done = await orm.agents.updateMany({
    where: { tenant_id: tenant, id },
    data: { ...patch, ...(owner ? { owner_id: owner } : {}) },
  });
  if (!done.count) throw noSuchAgent();
}

/** Moves an agent up or down. @returns whether anything changed @throws noSuchAgent */
export async function writeStage(
  orm: Orm,
  tenant: string,
  name: string,
  stage: Stage,
  exceptions: { check: string; reason: string }[],
): Promise<boolean> {
  const agent = await orm.agents.findUnique({ where: { tenant_id_name: { tenant_id: tenant, name } } });
  if (!agent) throw noSuchAgent({ detail: `There is no agent ${name}.` });
  if (agent.stage === stage) return false;
  await orm.$executeRaw`update agents set stage = ${stage}, stage_since = door_clock(), stage_exceptions = ${JSON.stringify(exceptions)}::jsonb
    where tenant_id = ${tenant} and id = ${agent.id}::uuid`;
  return true;
}

async function checkOwner(orm: Orm, tenant: string, id: string): Promise<void> {
  const owner = await orm.people.findUnique({ where: { tenant_id_id: { tenant_id: tenant, id } } });
  if (owner?.status !== "active") throw noSuchOwner();
}

export async function listAgents(tenant: string): Promise<Agent[]> {
  return readTenant(tenant, async (client) => {
    const { rows } = await client.query<Agent>(
      `select ${COLUMNS} from agents a join people p on p.tenant_id = a.tenant_id and p.id = a.owner_id where a.tenant_id = $1 order by a.name`,
      [tenant],
    );
    return rows;
  });
}

export async function readAgent(tenant: string, id: string): Promise<Agent | null> {
  return (await listAgents(tenant)).find((agent) => agent.id === id) ?? null;
}
