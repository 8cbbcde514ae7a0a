import { compileArguments, type ArgumentProblem, type Arguments } from "@/lib/catalog/arguments";
import type { Tool } from "@/lib/catalog/schema";
import { LIVE_GRANT } from "@/lib/catalog/grants";
import type { Stage } from "@/lib/catalog/terms";
import { TOOL_COLUMNS } from "@/lib/catalog/tools";
import { readTenant } from "@/lib/db/tenant";
import { parsePolicy } from "@/lib/policy/parse";
import type { Policy } from "@/lib/policy/schema";
import { Remembered } from "@/lib/platform/remembered";
import { singleton } from "@/lib/platform/singleton";

export interface ConfiguredTool extends Tool {
  check: (given: Arguments) => Arguments | ArgumentProblem[];
}

/** Everything evaluation needs of one tenant, as of one version. `ask` refuses what was evaluated on another (`stale_config`). */
export interface Configuration {
  version: number;
  policy: Policy;
  tools: Map<string, ConfiguredTool>;
  agents: Map<string, { name: string; active: boolean; tools: Set<string>; held: string[]; outOfScope: string[]; stage: Stage }>;
  chains: Map<string, { id: string; version: number; levels: number }>;
  /** Digests of facts that many calls share (see `ask`). */
  facts: Map<string, string>;
  /** Digests of explanations by their words, and those that the database has. */
  explanations: Map<string, string>;
  explained: Set<string>;
  /** The database's clock when this was read, and this process's then; milliseconds. */
  clock: { database: number; process: number };
  /** When the first of its grants expires, by the database's clock; milliseconds. */
  expires: number;
}

/** The database's time, as far as it can be known without asking it. */
export const databaseNow = ({ clock }: Configuration) => new Date(clock.database + performance.now() - clock.process);

/** Tenants kept in memory; the one used longest ago makes room. */
const MOST_TENANTS = 1_000;

const cache = singleton("configurations", () => new Remembered<Promise<Configuration>>(MOST_TENANTS));

/**
 * The tenant's configuration, from memory if it was read before.
 * @param known  a version that turned out to be stale: read again unless somebody else just did
 */
export async function configuration(tenant: string, known?: number): Promise<Configuration> {
  const cached = cache.get(tenant);
  if (cached) {
    const config = await cached;
    if (config.version !== known && databaseNow(config).getTime() < config.expires) return config;
  }
  const loading = load(tenant);
  cache.set(tenant, loading);
  loading.catch(() => cache.delete(tenant));
  return loading;
}

interface AgentRow {
  id: string;
  name: string;
  status: string;
  stage: Stage;
  out_of_scope: string[];
  tools: string[];
  expires: string | null;
}

async function load(tenant: string): Promise<Configuration> {
  return readTenant(tenant, async (client) => {
    const config = await client.query<{ version: number; now: string }>(
      "select version, door_clock() as now from config_versions where tenant_id = $1",
      [tenant],
    );
    const policy = await client.query<{ version: number; document: string }>(
      "select version, document from policies where tenant_id = $1 order by version desc limit 1",
      [tenant],
    );
    const tools = await client.query<Tool>(
      `select ${TOOL_COLUMNS} from tools t join tool_versions v on v.tenant_id = t.tenant_id and v.tool_id = t.id and v.version = t.version
       where t.tenant_id = $1 and t.status = 'active'`,
      [tenant],
    );
    const agents = await client.query<AgentRow>(
      `select a.id, a.name, a.status, a.stage, a.out_of_scope,
         array(select g.tool_id from grants g where g.tenant_id = a.tenant_id and g.agent_id = a.id and ${LIVE_GRANT}) as tools,
         (select min(g.expires_at) from grants g where g.tenant_id = a.tenant_id and g.agent_id = a.id and ${LIVE_GRANT}) as expires
       from agents a where a.tenant_id = $1`,
      [tenant],
    );
    const chains = await client.query<{ id: string; name: string; version: number; levels: number }>(
      `select c.id, c.name, c.version, jsonb_array_length(v.levels) as levels from chains c
         join chain_versions v on v.tenant_id = c.tenant_id and v.chain_id = c.id and v.version = c.version
       where c.tenant_id = $1 and c.status = 'active'`,
      [tenant],
    );
    const [version] = config.rows;
    const [document] = policy.rows;
    // Fail closed: without a policy there is nothing to evaluate.
    if (!version || !document) throw new Error(`The tenant ${tenant} has no policy.`);
    const scopes = new Map(tools.rows.filter((tool) => tool.action === "read").map((tool) => [tool.id, tool.scope]));
    return {
      version: version.version,
      policy: { ...parsePolicy(document.document), version: document.version },
      tools: new Map(tools.rows.map((tool) => [tool.name, { ...tool, check: compileArguments(tool.arguments) }])),
      agents: new Map(agents.rows.map((agent) => [agent.id, describeAgent(agent, scopes)])),
      chains: new Map(chains.rows.map((chain) => [chain.name, chain])),
      facts: new Map(),
      explanations: new Map(),
      explained: new Set<string>(),
      clock: { database: Date.parse(version.now), process: performance.now() },
      expires: Math.min(...agents.rows.map(({ expires }) => (expires === null ? Infinity : Date.parse(expires))), Infinity),
    };
  });
}

/** What an agent holds without asking: the scopes of the read tools it is granted. */
function describeAgent(agent: AgentRow, readScopes: Map<string, string>) {
  const held = new Set(agent.tools.flatMap((tool) => readScopes.get(tool) ?? []));
  return {
    name: agent.name,
    active: agent.status === "active",
    tools: new Set(agent.tools),
    held: [...held].sort(),
    stage: agent.stage,
    outOfScope: agent.out_of_scope,
  };
}
