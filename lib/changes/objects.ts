import type { Orm } from "@/lib/db/tenant";
import type { Json } from "@/lib/platform/strict-json";

/** A touched object's content: what a person compares, and what must be as it was when the change is applied. */
export type Content = { [field: string]: Json };

export interface Found {
  /** A name for people, the same for the same object. */
  object: string;
  content: Content | null;
}

export async function tool(orm: Orm, tenant: string, name: string): Promise<Found> {
  const object = `tool ${name}`;
  const found = await orm.tools.findUnique({ where: { tenant_id_name: { tenant_id: tenant, name } } });
  if (found?.status !== "active") return { object, content: null };
  const version = await orm.tool_versions.findUniqueOrThrow({
    where: { tenant_id_tool_id_version: { tenant_id: tenant, tool_id: found.id, version: found.version } },
  });
  const {
    tenant_id: _tenant,
    tool_id: _id,
    version: _version,
    definition_hash: _hash,
    created_at: _at,
    author: _author,
    ...fields
  } = version;
  return { object, content: plain(fields) };
}

export async function grant(orm: Orm, tenant: string, { agent, tool }: { agent: string; tool: string }): Promise<Found> {
  const found = await orm.grants.findFirst({
    where: { tenant_id: tenant, revoked_at: null, agents: { name: agent }, tools: { name: tool } },
  });
  return { object: `grant of ${tool} to ${agent}`, content: found && grantContent({ agent, tool }, found) };
}

export async function grantById(orm: Orm, tenant: string, id: string): Promise<Found> {
  const found = await orm.grants.findUnique({ where: { tenant_id_id: { tenant_id: tenant, id } }, include: { agents: true, tools: true } });
  if (!found) return { object: `grant ${id}`, content: null };
  const [agent, tool] = [found.agents.name, found.tools.name];
  return {
    object: `grant of ${tool} to ${agent}`,
    content: found.revoked_at === null ? grantContent({ agent, tool }, found) : null,
  };
}

const grantContent = (
  of: { agent: string; tool: string },
  { justification, expires_at }: { justification: string; expires_at: Date | null },
) => ({
  ...of,
  justification,
  expires_at: expires_at?.toISOString() ?? null,
});

export async function chain(orm: Orm, tenant: string, which: { name: string } | { id: string }): Promise<Found> {
  const found = await orm.chains.findFirst({ where: { tenant_id: tenant, ...which } });
  const object = `chain ${found?.name ?? ("name" in which ? which.name : which.id)}`;
  if (found?.status !== "active") return { object, content: null };
  const { levels } = await orm.chain_versions.findUniqueOrThrow({
    where: { tenant_id_chain_id_version: { tenant_id: tenant, chain_id: found.id, version: found.version } },
  });
  return { object, content: plain({ name: found.name, levels }) };
}

export async function policy(orm: Orm, tenant: string): Promise<Found> {
  const found = await orm.policies.findFirst({ where: { tenant_id: tenant }, orderBy: { version: "desc" } });
  return { object: "policy", content: found && { document: found.document } };
}

export async function agent(orm: Orm, tenant: string, which: { name: string } | { id: string }): Promise<Found> {
  const found = await orm.agents.findFirst({ where: { tenant_id: tenant, ...which } });
  const object = `agent ${found?.name ?? ("name" in which ? which.name : which.id)}`;
  if (!found) return { object, content: null };
  const { name, owner_id, responsibility, out_of_scope, status, stage } = found;
  return { object, content: { name, owner: owner_id, responsibility, out_of_scope, status, stage } };
}

/** As it will come back from the database's JSON. */
const plain = (value: object) => JSON.parse(JSON.stringify(value)) as Content;
