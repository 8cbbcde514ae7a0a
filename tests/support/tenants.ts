import { randomBytes, randomUUID } from "node:crypto";
import type pg from "pg";
import { changeDigest, changeFactsDigest } from "@/lib/changes/propose";
import { sha256 } from "@/lib/platform/secret";
import { ensurePolicy } from "@/lib/policy/policies";
import type { Agent, Person, World } from "./world";

/** A further tenant, as the migrator makes the first. @param admin  the superuser's connection */
export async function addTenant(admin: pg.Pool, id: string): Promise<string> {
  await admin.query("insert into tenants (id, name) values ($1, $1)", [id]);
  await admin.query("insert into config_versions (tenant_id, version) values ($1, 0)", [id]);
  await admin.query("insert into due (tenant_id) values ($1)", [id]);
  await ensurePolicy(id);
  return id;
}

/** Everything a tenant has an id for. */
export interface Ids {
  person: string;
  account: string;
  email: string;
  session: string;
  agent: string;
  key: string;
  tool: string;
  /** Granted and not blocked. */
  note: string;
  chain: string;
  request: string;
  change: string;
  block: string;
  notice: string;
  device: string;
  endpoint: string;
  outbox: string;
  grant: string;
  invitation: string;
  /** SHA-256 of its link's secret. */
  invitationHash: string;
}

/** Ids of the same shapes, of nothing at all. */
export function idsOfNobody(like: Ids): Ids {
  const made = { ...like };
  for (const name of Object.keys(like) as (keyof Ids)[]) made[name] = madeUp(like[name]);
  return made;
}

const madeUp = (like: string) => {
  if (like.startsWith("\\x")) return `\\x${randomBytes(32).toString("hex")}`;
  return /^[0-9a-f-]{36}$/.test(like) ? randomUUID() : `${like.slice(0, -4)}${randomBytes(2).toString("hex")}`;
};

export const hex = (bytes: Buffer) => `\\x${bytes.toString("hex")}`;

export interface FilledTenant {
  ids: Ids;
  /** Approver and security officer. */
  kim: Person;
  admin: Person;
  agent: Agent;
}

/** One of everything, each in a state in which its own tenant could do something with it. */
export async function fillTenant(world: World, tenant: string): Promise<FilledTenant> {
  const { admin: database } = world.database;
  const one = async (query: string) => {
    const { rows } = await database.query<{ id: string }>(query, [tenant]);
    return rows[0]?.id ?? "";
  };
  const call = async (text: string, values: unknown[]) => {
    const client = await database.connect();
    try {
      await client.query(`select set_config('licet.tenant', $1, false), set_config('licet.actor', '{"kind": "operator"}', false)`, [
        tenant,
      ]);
      const { rows } = await client.query<{ id: string }>(text, values);
      return rows[0]?.id ?? "";
    } finally {
      client.release(true);
    }
  };
  const kim = await world.person(`Kim ${tenant}`, ["approver", "security_officer"], tenant);
  const olga = await world.person(`Olga ${tenant}`, ["owner"], tenant);
  const admin = await world.person(`Ada ${tenant}`, ["admin"], tenant);
  const agent = await world.agent("support-bot", olga, undefined, tenant);
  const session = await one(
    `select '\\x' || encode(id_hash, 'hex') as id from sessions s join people p on p.account_id = s.account_id
     where p.tenant_id = $1 and s.tenant_id = $1 and p.name like 'Kim %'`,
  );
  const endpoint = `https://fcm.googleapis.com/fcm/send/${tenant}`;
  const device = await call("select add_device($1, $2, $3, 'p', 'a', 'phone') as id", [kim.id, session, endpoint]);
  // Nobody answers the first in time: a notice and a block. The others wait, one of them at high risk.
  await agent.ask({ arguments: { id: "u_1" } });
  await world.moveClock(10 * 60);
  await world.tick(tenant);
  const pending = await agent.ask({ tool: "tickets.note", arguments: { id: "8812" } });
  const second = await world.agent("second-bot", olga, undefined, tenant);
  await second.ask({ arguments: { id: "u_2" } });
  await world.keepSignedIn();
  const invitationToken = `a token of 43 characters for ${tenant}`.padEnd(43, "-").replaceAll(" ", "_");
  const email = `ben@${tenant}.example`;
  const content = { base: [], operations: [] };
  const ids = {
    person: kim.id,
    account: kim.accountId,
    email,
    session,
    agent: agent.id,
    key: agent.keyId,
    tool: await one("select id from tools where tenant_id = $1 and name = 'users.delete'"),
    note: await one("select id from tools where tenant_id = $1 and name = 'tickets.note'"),
    chain: await one("select id from chains where tenant_id = $1"),
    request: pending.body.id,
    change: await call("select id from propose(null, $1, 'why', $2, $3)", [
      content,
      changeDigest(tenant, content),
      changeFactsDigest(null, "why"),
    ]),
    block: await one("select id from blocks where tenant_id = $1"),
    notice: await one("select id from notices where tenant_id = $1"),
    device,
    endpoint,
    outbox: await one("select id from outbox where tenant_id = $1 and settled_at is null"),
    grant: await one("select id from grants where tenant_id = $1 and revoked_at is null"),
    invitation: await call("select invite($1, $2, 'Ben', '{approver}', null) as id", [sha256(invitationToken), email]),
    invitationHash: hex(sha256(invitationToken)),
  };
  const missing = Object.entries(ids).filter(([, value]) => !value);
  if (missing.length) throw new Error(`The tenant has no ${missing.map(([name]) => name).join(", ")}.`);
  return { ids, kim, admin, agent };
}

/** All rows of a tenant, wherever they are, as text. @param client  a superuser's */
export async function rowsOf(client: Pick<pg.PoolClient, "query">, tenant: string): Promise<string> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and attname = 'tenant_id'
     where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  );
  const queries = tables.map(({ name }) => `select '${name} ' || t as text from ${name} t where tenant_id = $1`);
  const accounts = "select 'accounts ' || a as text from accounts a join memberships m on m.account_id = a.id where m.tenant_id = $1";
  const { rows } = await client.query<{ text: string }>([...queries, accounts].join(" union all ") + " order by 1", [tenant]);
  return rows.map(({ text }) => text).join("\n");
}
