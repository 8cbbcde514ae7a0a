import { readTenant, withTenant, type Actor, type Orm } from "@/lib/db/tenant";
import { sha256 } from "@/lib/platform/secret";
import { defaultPolicy, parsePolicy } from "./parse";

/** A tenant without a policy gets the default one. Safe to call at every start and by several processes at once. */
export async function ensurePolicy(tenant: string): Promise<void> {
  const known = await readTenant(tenant, (client) => client.query("select from policies where tenant_id = $1 limit 1", [tenant]));
  if (known.rowCount) return;
  const document = defaultPolicy();
  parsePolicy(document);
  await withTenant(tenant, { kind: "system", via: "first start" }, async (orm) => {
    await orm.$executeRaw`insert into policies (tenant_id, version, document, document_hash) values (${tenant}, 1, ${document}, ${sha256(document)}) on conflict do nothing`;
  });
}

/** Publishes a document as the next version, unless it is the one in force to the byte. @throws invalidPolicy */
export async function publishPolicy(tenant: string, actor: Actor, document: string): Promise<{ version: number; changed: boolean }> {
  parsePolicy(document);
  return withTenant(tenant, actor, (orm) => writePolicy(orm, tenant, document));
}

export async function writePolicy(orm: Orm, tenant: string, document: string): Promise<{ version: number; changed: boolean }> {
  const current = await orm.policies.findFirst({ where: { tenant_id: tenant }, orderBy: { version: "desc" } });
  if (current?.document === document) return { version: current.version, changed: false };
  const version = (current?.version ?? 0) + 1;
  await orm.policies.create({ data: { tenant_id: tenant, version, document, document_hash: sha256(document) } });
  return { version, changed: true };
}

export interface PublishedPolicy {
  version: number;
  document: string;
  created_at: string;
}

/** The policy in force; null only before the first start has finished. */
export async function readPolicy(tenant: string): Promise<PublishedPolicy | null> {
  return readTenant(tenant, async (client) => {
    const { rows } = await client.query<PublishedPolicy>(
      "select version, document, created_at from policies where tenant_id = $1 order by version desc limit 1",
      [tenant],
    );
    return rows[0] ?? null;
  });
}
