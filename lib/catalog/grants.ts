import { readTenant, withTenant, type Actor, type Orm } from "@/lib/db/tenant";
import { noSuchAgent } from "@/lib/credentials/agent-keys";
import { problem } from "@/lib/platform/problem";
import { matchesPattern } from "./pattern";
import type { GrantInput } from "./schema";
import type { Action, Risk } from "./terms";
import { noSuchTool } from "./tools";

export const outOfScope = problem("out_of_scope", 422, "The tool is on the agent's out-of-scope list. Nothing was granted.");
export const expiresInThePast = problem("expires_in_the_past", 422, "The grant would be over already. Nothing was granted.");
export const alreadyGranted = problem("already_granted", 409, "The agent holds this grant already.");
export const noSuchGrant = problem("no_such_grant", 404, "There is no such grant, or it was revoked before.");

/** Of `grants g`: neither revoked nor expired. */
export const LIVE_GRANT = "g.revoked_at is null and (g.expires_at is null or g.expires_at > door_clock())";

const RESOURCE = "resource:";

/**
 * Is a tool, or what a call of it acts on, on an agent's out-of-scope list? Entries are patterns over tools' names, and after
 * `resource:` over resources; a tool whose every resource is out of scope is seen by its template.
 * @param resource  what a call acts on, or the tool's template for it; null: it has none
 * @returns the entry that is hit
 */
export const outOfScopeBy = (patterns: readonly string[], tool: string, resource: string | null): string | undefined =>
  patterns.find((pattern) =>
    pattern.startsWith(RESOURCE)
      ? resource !== null && matchesPattern(pattern.slice(RESOURCE.length), resource)
      : matchesPattern(pattern, tool),
  );

export interface Grant {
  id: string;
  tool_id: string;
  tool: string;
  title: string | null;
  action: Action;
  method: string | null;
  path: string | null;
  risk: Risk;
  justification: string;
  created_at: string;
  expires_at: string | null;
  /** It is over already: kept until it is revoked or given anew. */
  expired: boolean;
}

/** One agent, one tool, and why. No wildcards. @throws noSuchAgent, noSuchTool, outOfScope, alreadyGranted, expiresInThePast */
export async function grantTool(tenant: string, actor: Actor, input: GrantInput): Promise<string> {
  return withTenant(tenant, actor, async (orm) => {
    const { id, changed } = await writeGrant(orm, tenant, input);
    if (!changed) throw alreadyGranted();
    return id;
  });
}

export async function writeGrant(orm: Orm, tenant: string, input: GrantInput): Promise<{ id: string; changed: boolean }> {
  const agent = await orm.agents.findUnique({ where: { tenant_id_name: { tenant_id: tenant, name: input.agent } } });
  if (!agent) throw noSuchAgent({ detail: `There is no agent ${input.agent}.` });
  const tool = await orm.tools.findUnique({ where: { tenant_id_name: { tenant_id: tenant, name: input.tool } } });
  if (tool?.status !== "active") throw noSuchTool({ detail: `There is no tool ${input.tool} in the catalog.` });
  const version = await orm.tool_versions.findUnique({
    where: { tenant_id_tool_id_version: { tenant_id: tenant, tool_id: tool.id, version: tool.version } },
  });
  const hit = outOfScopeBy(agent.out_of_scope, tool.name, version?.resource ?? version?.path ?? null);
  if (hit) throw outOfScope({ detail: `${agent.name} must never be granted ${hit}.` });
  const live = await orm.grants.findFirst({ where: { tenant_id: tenant, agent_id: agent.id, tool_id: tool.id, revoked_at: null } });
  const now = await clock(orm);
  const expires = input.expires_at === undefined ? null : new Date(input.expires_at);
  if (expires && expires <= now) throw expiresInThePast();
  if (live) {
    if (live.expires_at === null || live.expires_at > now) return { id: live.id, changed: false };
    await endGrant(orm, tenant, live.id);
  }
  const grant = await orm.grants.create({
    data: { tenant_id: tenant, agent_id: agent.id, tool_id: tool.id, justification: input.justification, expires_at: expires },
  });
  return { id: grant.id, changed: true };
}

async function clock(orm: Orm): Promise<Date> {
  const [row] = await orm.$queryRaw<{ now: Date }[]>`select door_clock() as now`;
  return row?.now ?? new Date();
}

/** From the moment this is committed the agent's calls of that tool are denied. @throws noSuchGrant */
export async function endGrant(orm: Orm, tenant: string, id: string): Promise<void> {
  const revoked = await orm.$executeRaw`
    update grants set revoked_at = clock_timestamp() where tenant_id = ${tenant} and id = ${id}::uuid and revoked_at is null`;
  if (!revoked) throw noSuchGrant();
}

export async function listGrants(tenant: string, agentId: string): Promise<Grant[]> {
  return readTenant(tenant, async (client) => {
    const { rows } = await client.query<Grant>(
      `select g.id, g.tool_id, t.name as tool, v.title, v.action, v.method, v.path, v.risk, g.justification, g.created_at, g.expires_at,
         coalesce(g.expires_at <= door_clock(), false) as expired
       from grants g join tools t on t.tenant_id = g.tenant_id and t.id = g.tool_id
         join tool_versions v on v.tenant_id = t.tenant_id and v.tool_id = t.id and v.version = t.version
       where g.tenant_id = $1 and g.agent_id = $2 and g.revoked_at is null and t.status = 'active' order by t.name`,
      [tenant, agentId],
    );
    return rows;
  });
}
