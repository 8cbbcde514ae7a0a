import type pg from "pg";
import { ensurePolicy } from "@/lib/policy/policies";

/** A further tenant, as the migrator makes the first. @param admin  the superuser's connection */
export async function addTenant(admin: pg.Pool, id: string): Promise<string> {
  await admin.query("insert into tenants (id, name) values ($1, $1)", [id]);
  await admin.query("insert into config_versions (tenant_id, version) values ($1, 0)", [id]);
  await admin.query("insert into due (tenant_id) values ($1)", [id]);
  await ensurePolicy(id);
  return id;
}
