import { stringify } from "yaml";
import { LIVE_GRANT } from "@/lib/catalog/grants";
import { listTools, toolInput } from "@/lib/catalog/tools";
import type { Stage } from "@/lib/catalog/terms";
import { readTenant } from "@/lib/db/tenant";
import { listChainPeople, listChains } from "@/lib/escalation/chains";
import { readPolicy } from "@/lib/policy/policies";

interface GrantRow {
  agent: string;
  tool: string;
  justification: string;
  expires_at: string | null;
}

/**
 * Everything that is in force as a `licet.yaml`: applying it changes nothing, and what is exported after applying it is the
 * same to the byte. Agents, people and keys are not part of it: they are registered, not written down.
 */
export async function exportManifest(tenant: string): Promise<string> {
  const [tools, chains, people, policy] = await Promise.all([
    listTools(tenant),
    listChains(tenant),
    listChainPeople(tenant),
    readPolicy(tenant),
  ]);
  const emails = new Map(people.map(({ id, email }) => [id, email]));
  const { grants, agents } = await readTenant(tenant, async (client) => ({
    grants: await client.query<GrantRow>(
      `select a.name as agent, t.name as tool, g.justification, g.expires_at from grants g
         join agents a on a.tenant_id = g.tenant_id and a.id = g.agent_id
         join tools t on t.tenant_id = g.tenant_id and t.id = g.tool_id and t.status = 'active'
       where g.tenant_id = $1 and ${LIVE_GRANT} order by a.name collate "C", t.name collate "C"`,
      [tenant],
    ),
    agents: await client.query<{ agent: string; stage: Stage }>(
      'select name as agent, stage from agents where tenant_id = $1 order by name collate "C"',
      [tenant],
    ),
  }));
  const byName = <Named extends { name: string }>(items: Named[]) => items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const manifest = {
    version: 1,
    tools: byName(tools).map(toolInput),
    chains: byName(chains).map(({ name, levels }) => ({
      name,
      levels: levels.map(({ people: named, escalate_after }) => ({
        people: named.map((id) => emails.get(id) ?? id),
        ...(escalate_after ? { escalate_after: `${escalate_after}s` } : {}),
      })),
    })),
    grants: grants.rows.map(({ expires_at, ...grant }) => ({
      ...grant,
      ...(expires_at === null ? {} : { expires_at: new Date(expires_at).toISOString() }),
    })),
    stages: agents.rows,
    // As it was published, comments included.
    ...(policy ? { policy: policy.document } : {}),
  };
  return stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false });
}
