import { randomBytes, randomUUID } from "node:crypto";
import { sha256 } from "@/lib/platform/secret";
import { expect } from "vitest";
import type { World } from "./world";

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
  block: string;
  notice: string;
  device: string;
  endpoint: string;
  outbox: string;
  invitation: string;
  invitationToken: string;
}

/** Of the same shape. */
const madeUp = (like: string) => {
  if (like.startsWith("\\x")) return `\\x${randomBytes(32).toString("hex")}`;
  return /^[0-9a-f-]{36}$/.test(like) ? randomUUID() : `${like.slice(0, -4)}${randomBytes(2).toString("hex")}`;
};

export const hex = (bytes: Buffer) => `\\x${bytes.toString("hex")}`;

/** One of everything, each in a state in which its own tenant could do something with it. */
async function fill(tenant: string): Promise<Ids> {
  const { admin } = world.database;
  const one = async (query: string) => {
    const { rows } = await admin.query<{ id: string }>(query, [tenant]);
    return rows[0]?.id ?? "";
  };
  const person = await world.person(`Kim ${tenant}`, ["approver", "security_officer"], tenant);
  const olga = await world.person(`Olga ${tenant}`, ["owner"], tenant);
  await world.person(`Ada ${tenant}`, ["admin"], tenant);
  const agent = await world.agent("support-bot", olga, undefined, tenant);
  const endpoint = `https://fcm.googleapis.com/fcm/send/${tenant}`;
  const session = await one(
    `select '\\x' || encode(s.id_hash, 'hex') as id from sessions s join people p on p.account_id = s.account_id and p.tenant_id = s.tenant_id where p.tenant_id = $1 and p.name like 'Kim%'`,
  );
  const call = `select set_config('licet.tenant', $1, false), set_config('licet.actor', '{"kind": "operator"}', false)`;
  const asApplication = async (text: string, values: unknown[]) => {
    const client = await admin.connect();
    try {
      await client.query(call, [tenant]);
      const { rows } = await client.query<{ id: string }>(text, values);
      return rows[0]?.id ?? "";
    } finally {
      client.release(true);
    }
  };
  const device = await asApplication("select add_device($1, $2, $3, 'p', 'a', 'phone') as id", [person.id, session, endpoint]);
  const overdue = await agent.ask({ arguments: { id: "u_1" } });
  await world.moveClock(10 * 60);
  await world.tick(tenant);
  expect((await world.read(overdue.body.id, agent)).status).toBe("expired");
  const pending = await agent.ask({ tool: "tickets.note", arguments: { id: "8812" } });
  expect(pending.body.status).toBe("pending");
  const high = await world.agent("second-bot", olga, undefined, tenant);
  await high.ask({ arguments: { id: "u_2" } });
  const invitationToken = hex(sha256(`an invitation of ${tenant}`));
  const email = `ben@${tenant}.example`;
  return {
    person: person.id,
    account: person.accountId,
    email,
    session,
    agent: agent.id,
    key: agent.keyId,
    tool: await one("select id from tools where tenant_id = $1 and name = 'users.delete'"),
    note: await one("select id from tools where tenant_id = $1 and name = 'tickets.note'"),
    chain: await one("select id from chains where tenant_id = $1"),
    request: pending.body.id,
    block: await one("select id from blocks where tenant_id = $1"),
    notice: await one("select id from notices where tenant_id = $1"),
    device,
    endpoint,
    outbox: await one("select id from outbox where tenant_id = $1 and settled_at is null"),
    invitation: await asApplication("select invite($1, $2, 'Ben', '{approver}', null) as id", [invitationToken, email]),
    invitationToken,
  };
}

