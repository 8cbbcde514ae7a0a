import { randomBytes, randomUUID } from "node:crypto";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "@/lib/platform/secret";
import { FIRST_TENANT } from "@/lib/people/setup";
import { addTenant } from "../support/tenant";
import { World } from "../support/world";

/** Everything a tenant has an id for. */
interface Ids {
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

let world: World;
let own: Ids;
let other: Ids;
/** Ids of nothing at all. */
let nobody: Ids;

beforeAll(async () => {
  world = await World.start();
  own = await fill(FIRST_TENANT);
  other = await fill(await addTenant(world.database.admin, "other"));
  const made: Record<string, string> = {};
  for (const [name, value] of Object.entries(other)) made[name] = madeUp(value);
  nobody = made as unknown as Ids;
});
afterAll(() => world.stop());

/** Of the same shape. */
const madeUp = (like: string) => {
  if (like.startsWith("\\x")) return `\\x${randomBytes(32).toString("hex")}`;
  return /^[0-9a-f-]{36}$/.test(like) ? randomUUID() : `${like.slice(0, -4)}${randomBytes(2).toString("hex")}`;
};

const hex = (bytes: Buffer) => `\\x${bytes.toString("hex")}`;

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

const item = (more: object) =>
  JSON.stringify([
    {
      session_id: "s_1",
      tool_name: "users.delete",
      arguments: {},
      reason: "why",
      held: [],
      risk: "high",
      irreversibility: 3,
      blast_radius: 1,
      privilege: 2,
      not_inspectable: [],
      decisive: [],
      reasons: [],
      policy_version: 1,
      action_digest: hex(sha256("a")),
      facts_digest: hex(sha256("f")),
      effect: "ask",
      timeout: 300,
      use_within: 600,
      ...more,
    },
  ]);

/** Called as `default`, with ids that are partly its own and partly those given. Several ways where ids stand in several places. */
const CASES: Record<string, (ids: Ids, config: number) => unknown[][]> = {
  accept_invitation: ({ invitationToken }) => [[invitationToken, "Ben", null]],
  add_device: ({ person, session, endpoint }) => [
    [person, own.session, "https://fcm.googleapis.com/new", "p", "a", ""],
    [own.person, session, "https://fcm.googleapis.com/new", "p", "a", ""],
    [own.person, own.session, endpoint, "p", "a", ""],
  ],
  ask: ({ agent, key, tool, chain }, config_version) => [
    [item({ agent_id: agent, key_id: key, tool_id: own.tool, chain_id: own.chain, chain_version: 1, config_version })],
    [item({ agent_id: own.agent, key_id: key, tool_id: own.tool, chain_id: own.chain, chain_version: 1, config_version })],
    [item({ agent_id: own.agent, key_id: own.key, tool_id: tool, chain_id: own.chain, chain_version: 1, config_version })],
    [item({ agent_id: own.agent, key_id: own.key, tool_id: own.note, chain_id: chain, chain_version: 1, config_version })],
  ],
  cancel: ({ request, agent, key }) => [
    [request, agent, key],
    [request, own.agent, own.key],
  ],
  confirm_device: ({ person, endpoint }) => [
    [person, endpoint],
    [own.person, endpoint],
    [person, own.endpoint],
  ],
  create_agent_key: ({ agent, person }) => [
    ["anewkeysid01", agent, sha256("k"), null],
    ["anewkeysid01", own.agent, sha256("k"), person],
  ],
  decide: ({ request, person, session }) =>
    [
      [request, own.person, own.session],
      [request, person, session],
      [own.request, person, session],
      [own.request, own.person, session],
    ].map(([request_id, person_id, session_hash]) => [
      JSON.stringify([{ request_id, person_id, session_hash, content_version: 1, digest: hex(sha256("a")), verdict: "deny", confirm: {} }]),
    ]),
  escalate_by_hand: ({ request, person, session }) => [
    [request, own.person, own.session],
    [request, person, session],
    [own.request, person, session],
  ],
  expire: ({ request }) => [[[request]]],
  find_device: ({ person, device }) => [
    [person, device],
    [own.person, device],
  ],
  find_invitation: ({ invitationToken }) => [[invitationToken]],
  invite: ({ email, person }) => [
    [sha256("t"), email, "Ben", ["owner"], null],
    [sha256("t"), "somebody@new.example", "Ben", ["owner"], person],
  ],
  lift_block: ({ block, person, session }) => [
    [block, own.person, own.session],
    [block, person, session],
    [own.block, person, session],
  ],
  live_sessions: ({ session }) => [[[session]]],
  read_own_requests: ({ request, key }) => [
    [[request], [own.key]],
    [[request], [key]],
    [[own.request], [key]],
  ],
  read_requests: ({ request }) => [[[request]]],
  read_standing: ({ request, person }) => [
    [request, own.person],
    [request, person],
    [own.request, person],
  ],
  record_delivery: ({ outbox, device }) => [
    [outbox, own.device, 1, "gone", 410],
    [own.outbox, device, 1, "gone", 410],
    [own.outbox, device, 1, "sent", 201],
  ],
  remove_device: ({ person, device }) => [
    [own.person, device],
    [person, device],
    [person, own.device],
  ],
  revoke_agent_key: ({ key }) => [[key]],
  see_notices: ({ person, notice }) => [
    [own.person, [notice]],
    [person, [notice]],
    [person, [own.notice]],
  ],
  set_password: ({ account, session }) => [
    [account, "$argon2id$x", null],
    [own.account, "$argon2id$x", session],
  ],
  set_person_status: ({ person }) => [[person, "disabled"]],
  settle_outbox: ({ outbox }) => [
    [outbox, "failed", null, null],
    [outbox, null, null, 10],
  ],
  step_up: ({ request, person, session }) => [
    [request, own.person, own.session],
    [request, person, session],
    [own.request, person, session],
  ],
  touch_keys: ({ key }) => [[[key]]],
  withdraw_invitation: ({ invitation }) => [[invitation]],
};

/** Take no id of a tenant, or are how a tenant is found; what they do without one is proved in tenant-setting.db.test.ts. */
const WITHOUT_IDS = [
  ...["add_person", "add_placeholder", "authenticate_key", "authenticate_session", "beat", "begin_sign_in", "claim_outbox", "claim_setup"],
  ...["current_tenant", "door_clock", "due_tenants", "end_sessions", "escalate_due", "expire_due", "find_account", "find_identity"],
  ...["has_admin", "install_key", "list_sessions", "new_id", "open_session", "open_setup", "scheduler_age", "settle_due", "setup_is_open"],
  "sign_in_succeeded",
];

/** All rows of the tenant `other`, wherever they are. */
async function rowsOfOther(client: pg.PoolClient): Promise<string> {
  const { rows: tables } = await client.query<{ name: string; key: string }>(
    `select c.relname as name, 'tenant_id' as key from pg_class c join pg_attribute a on a.attrelid = c.oid and attname = 'tenant_id'
     where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  );
  const texts = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ text: string | null }>(
      `select string_agg(t::text, ' ' order by t::text) as text from ${name} t where tenant_id = 'other'`,
    );
    texts.push(`${name}: ${rows[0]?.text}`);
  }
  const accounts = await client.query<{ text: string }>(
    "select string_agg(a::text, ' ' order by a::text) as text from accounts a join memberships m on m.account_id = a.id where m.tenant_id = 'other'",
  );
  return [...texts, accounts.rows[0]?.text].join("\n");
}

/** Calls a function as the application in the tenant `default`, and undoes it. */
async function call(name: string, args: unknown[]) {
  const client = await world.database.admin.connect();
  try {
    await client.query("begin");
    const before = await rowsOfOther(client);
    await client.query("savepoint called");
    await client.query("set local role licet_app");
    await client.query(`select set_config('licet.tenant', 'default', true), set_config('licet.actor', '{"kind": "operator"}', true)`);
    const list = args.map((_, i) => `$${i + 1}`).join(", ");
    const answer = await client.query(`select to_jsonb(f) as row from ${name}(${list}) f`, args).then(
      ({ rows }) => rows as unknown,
      (error: { code: string; constraint?: string }) => ({ code: error.code, constraint: error.constraint }),
    );
    if (!Array.isArray(answer)) await client.query("rollback to called");
    await client.query("reset role");
    return { answer, untouched: (await rowsOfOther(client)) === before };
  } finally {
    await client.query("rollback");
    client.release();
  }
}

/** Ids made in this very call, and the ids asked for, differ by nature. */
const comparable = (answer: unknown, ids: Ids) => {
  let text = JSON.stringify(answer);
  for (const [name, value] of Object.entries(ids)) text = text.replaceAll(JSON.stringify(value).slice(1, -1), `<${name}>`);
  return text.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}/g, "<new>").replaceAll(/\d{4}-\d\d-\d\dT[^"]+/g, "<time>");
};

it("knows every function the application may call", async () => {
  const rows = await world.sql<{ name: string }>(
    `select distinct proname as name from pg_proc where pronamespace = 'public'::regnamespace and has_function_privilege('licet_app', oid, 'execute') order by 1`,
  );
  expect([...Object.keys(CASES), ...WITHOUT_IDS].sort()).toEqual(rows.map(({ name }) => name));
  expect(Object.entries({ ...own, ...other }).filter(([, value]) => !value)).toEqual([]);
});

describe("ids of another tenant", () => {
  it.each(Object.keys(CASES))("%s answers as for ids of nobody, and touches nothing", async (name) => {
    const [config] = await world.sql<{ version: number }>("select version from config_versions where tenant_id = 'default'");
    const args = (ids: Ids) => CASES[name]?.(ids, config?.version ?? 0) ?? [];
    for (const [i, given] of args(other).entries()) {
      const theirs = await call(name, given);
      const unknown = await call(name, args(nobody)[i] ?? []);
      expect(comparable(theirs.answer, other)).toBe(comparable(unknown.answer, nobody));
      expect(theirs.untouched).toBe(true);
    }
  });

  it.each(["revoke_agent_key", "withdraw_invitation", "set_person_status", "cancel", "remove_device"])(
    "%s does something with ids of its own, so the calls above could have",
    async (name) => {
      const [args] = CASES[name]?.(own, 0) ?? [];
      const theirs = await call(name, args ?? []);
      const unknown = await call(name, CASES[name]?.(nobody, 0)[0] ?? []);
      expect(theirs.answer).not.toEqual(unknown.answer);
      expect(theirs.answer).not.toHaveProperty("code");
    },
  );
});
