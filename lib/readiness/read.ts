import { LIVE_GRANT } from "@/lib/catalog/grants";
import type { Tool } from "@/lib/catalog/schema";
import { TOOL_COLUMNS } from "@/lib/catalog/tools";
import type { Stage } from "@/lib/catalog/terms";
import { noSuchAgent } from "@/lib/credentials/agent-keys";
import { readTenant } from "@/lib/db/tenant";
import { listChainPeople, listChains } from "@/lib/escalation/chains";
import { problem } from "@/lib/platform/problem";
import { defaultPolicy, parsePolicy } from "@/lib/policy/parse";
import { readPolicy } from "@/lib/policy/policies";
import type { Check, Facts } from "./check";
import { classified } from "./checks/classified";
import { denied } from "./checks/denied";
import { expired } from "./checks/expired";
import { reachable } from "./checks/reachable";
import { responsibility } from "./checks/responsibility";
import { stopped } from "./checks/stopped";
import { unused } from "./checks/unused";

export const CHECKS: readonly Check[] = [responsibility, classified, unused, reachable, denied, expired, stopped];

export const notReady = problem(
  "not_ready",
  409,
  "Its readiness list is not met. Meet it, or give a reason for each exception. Nothing was changed.",
);

export interface Readiness {
  agent: string;
  stage: Stage;
  since: string;
  checks: { name: string; title: string; reason: string; missing: string | null }[];
}

type AgentRow = Facts["agent"] & { stage: Stage };

/** Worked out now, from what is stored. @throws noSuchAgent */
export async function readReadiness(tenant: string, agentId: string): Promise<Readiness> {
  const [chains, people, published] = await Promise.all([listChains(tenant), listChainPeople(tenant), readPolicy(tenant)]);
  const policy = parsePolicy(published?.document ?? defaultPolicy());
  return readTenant(tenant, async (client) => {
    const { rows } = await client.query<AgentRow>(
      "select id, name, owner_id, responsibility, stage, stage_since from agents where tenant_id = $1 and id = $2",
      [tenant, agentId],
    );
    const [agent] = rows;
    if (!agent) throw noSuchAgent();
    const granted = await client.query<Tool>(
      `select ${TOOL_COLUMNS} from grants g join tools t on t.tenant_id = g.tenant_id and t.id = g.tool_id and t.status = 'active'
         join tool_versions v on v.tenant_id = t.tenant_id and v.tool_id = t.id and v.version = t.version
       where g.tenant_id = $1 and g.agent_id = $2 and ${LIVE_GRANT} order by t.name`,
      [tenant, agentId],
    );
    const keys = await client.query<{ created_by: string }>(
      `select distinct created_by from agent_keys where tenant_id = $1 and agent_id = $2 and created_by is not null and revoked_at is null
         and (expires_at is null or expires_at > door_clock())`,
      [tenant, agentId],
    );
    const makers = keys.rows.map(({ created_by }) => created_by);
    const facts = { tenant, agent, granted: granted.rows, makers, chains, people, policy, client };
    const checks = [];
    for (const check of CHECKS) {
      const { name, title, reason } = check;
      checks.push({ name, title, reason, missing: await check.missing(facts) });
    }
    return { agent: agent.name, stage: agent.stage, since: agent.stage_since, checks };
  });
}

/** @throws notReady, naming the checks that are neither met nor excepted */
export function refuseUnready({ checks }: Readiness, exceptions: readonly { check: string }[]): void {
  const open = checks.filter(({ name, missing }) => missing !== null && !exceptions.some(({ check }) => check === name));
  if (!open.length) return;
  throw notReady({
    detail: open.map(({ title, missing }) => `${title}: ${missing ?? ""}`).join(" "),
    errors: open.map(({ name, missing }) => ({ pointer: `/exceptions/${name}`, detail: missing ?? "" })),
  });
}
