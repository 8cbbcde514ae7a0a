import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "@/lib/platform/secret";
import { FIRST_TENANT } from "@/lib/people/setup";
import { addTenant, fillTenant, hex, idsOfNobody, rowsOf, type Ids } from "../support/tenants";
import { World } from "../support/world";

let world: World;
let own: Ids;
let other: Ids;
/** Ids of nothing at all. */
let nobody: Ids;

beforeAll(async () => {
  world = await World.start();
  own = (await fillTenant(world, FIRST_TENANT)).ids;
  other = (await fillTenant(world, await addTenant(world.database.admin, "other"))).ids;
  nobody = idsOfNobody(other);
});
afterAll(() => world.stop());

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
      explanation: hex(sha256("e")),
      explained: { tried: [], errors: [] },
      memory_key: hex(sha256("m")),
      most_pending: 10,
      use_at: [1],
      use_kind: ["minute"],
      use_amount: [1],
      use_cap: [10],
      use_mark: [null],
      use_over: [null],
      effect: "ask",
      timeout: 300,
      use_within: 600,
      ...more,
    },
  ]);

const COUNTERS = JSON.stringify([{ key: "limit minute", seconds: 60, mode: "slide" }]);

/** Called as `default`, with ids that are partly its own and partly those given. Several ways where ids stand in several places. */
const CASES: Record<string, (ids: Ids, config: number) => unknown[][]> = {
  accept_invitation: ({ invitationHash }) => [[invitationHash, "Ben", null]],
  add_device: ({ person, session, endpoint }) => [
    [person, own.session, "https://fcm.googleapis.com/new", "p", "a", ""],
    [own.person, session, "https://fcm.googleapis.com/new", "p", "a", ""],
    [own.person, own.session, endpoint, "p", "a", ""],
  ],
  ask: ({ agent, key, tool, chain }, config_version) => [
    [item({ agent_id: agent, key_id: key, tool_id: own.tool, chain_id: own.chain, chain_version: 1, config_version }), COUNTERS],
    [item({ agent_id: own.agent, key_id: key, tool_id: own.tool, chain_id: own.chain, chain_version: 1, config_version }), COUNTERS],
    [item({ agent_id: own.agent, key_id: own.key, tool_id: tool, chain_id: own.chain, chain_version: 1, config_version }), COUNTERS],
    [item({ agent_id: own.agent, key_id: own.key, tool_id: own.note, chain_id: chain, chain_version: 1, config_version }), COUNTERS],
  ],
  cancel: ({ request, agent, key }) => [
    [request, agent, key],
    [request, own.agent, own.key],
  ],
  cancel_change: ({ change, person }) => [
    [change, own.person],
    [own.change, person],
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
  decide: ({ request, change, person, session }) =>
    [
      [request, own.person, own.session, false],
      [request, person, session, false],
      [own.request, person, session, false],
      [own.request, own.person, session, false],
      [change, own.person, own.session, true],
      [change, person, session, true],
      [own.change, person, session, true],
    ].map(([request_id, person_id, session_hash, changes]) => [
      JSON.stringify([{ request_id, person_id, session_hash, content_version: 1, digest: hex(sha256("a")), verdict: "deny", confirm: {} }]),
      changes,
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
  find_invitation: ({ invitationHash }) => [[invitationHash]],
  invite: ({ email, person }) => [
    [sha256("t"), email, "Ben", ["owner"], null],
    [sha256("t"), "somebody@new.example", "Ben", ["owner"], person],
  ],
  lift_block: ({ block, person, session }) => [
    [block, own.person, own.session],
    [block, person, session],
    [own.block, person, session],
  ],
  lift_memory: ({ request, person, session }) => [
    [request, own.person, own.session],
    [request, person, session],
    [own.request, person, session],
  ],
  live_sessions: ({ session }) => [[[session]]],
  mark_opened: ({ request, person }) => [
    [request, own.person],
    [request, person],
    [own.request, person],
  ],
  propose: ({ person }) => [[person, { base: [], operations: [] }, "why", sha256("a"), sha256("f")]],
  read_changes: ({ change, person }) => [
    [[change], own.person],
    [[change], person],
  ],
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
  ...[
    "add_person",
    "add_placeholder",
    "authenticate_key",
    "authenticate_session",
    "beat",
    "begin_change",
    "begin_sign_in",
    "claim_outbox",
    "claim_setup",
  ],
  ...[
    "allow_due",
    "current_tenant",
    "door_clock",
    "due_tenants",
    "end_sessions",
    "escalate_due",
    "expire_due",
    "forget_counters",
    "find_account",
    "find_identity",
  ],
  ...["has_admin", "install_key", "list_sessions", "new_id", "open_session", "open_setup", "scheduler_age", "settle_due", "setup_is_open"],
  "sign_in_succeeded",
];

/** Calls a function as the application in the tenant `default`, and undoes it. */
async function call(name: string, args: unknown[]) {
  const client = await world.database.admin.connect();
  try {
    await client.query("begin");
    const before = await rowsOf(client, "other");
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
    return { answer, untouched: (await rowsOf(client, "other")) === before };
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
});

describe("ids of another tenant", () => {
  it.each(Object.keys(CASES))("%s answers as for ids of nobody, and touches nothing", async (name) => {
    const [config] = await world.sql<{ version: number }>("select version from config_versions where tenant_id = 'default'");
    const args = (ids: Ids) => CASES[name]?.(ids, config?.version ?? 0) ?? [];
    for (const [i, given] of args(other).entries()) {
      const theirs = await call(name, given);
      const unknown = await call(name, args(nobody)[i] ?? []);
      expect(theirs.answer, "the function takes these arguments").not.toMatchObject({ code: "42883" });
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
