import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { database } from "@/lib/db/database";
import { door, doorValue } from "@/lib/db/door";
import { changeTenant, readTenant, withTenant } from "@/lib/db/tenant";
import { FIRST_TENANT } from "@/lib/people/setup";
import { openTestDatabase, type TestDatabase } from "../support/database";
import { OPERATOR } from "../support/world";

let test: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  test = await openTestDatabase({ LICET_DATABASE_POOL: "2" });
  client = new pg.Client({ connectionString: database().url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await test.close();
});

const READABLE = `select relname as name from pg_class c where relnamespace = 'public'::regnamespace and relrowsecurity
  and has_any_column_privilege('licet_app', c.oid, 'select') order by 1`;

/** Needs no tenant: it finds out which, or looks at what is the installation's. Everything else must refuse to run without. */
const WITHOUT_TENANT = [
  "authenticate_key",
  "authenticate_session",
  "beat",
  "begin_sign_in",
  "claim_setup",
  "door_clock",
  "due_tenants",
  "end_sessions",
  "find_account",
  "find_identity",
  "install_key",
  "list_sessions",
  "new_id",
  "open_session",
  "scheduler_age",
  "setup_is_open",
  "sign_in_succeeded",
];

/** A value of each type, so that no look-up is left out for want of one. */
const SOMETHING: Record<string, string> = {
  uuid: "gen_random_uuid()",
  text: "'something'",
  bytea: "sha256('something')",
  integer: "1",
  boolean: "true",
  jsonb: "'[]'::jsonb",
  "uuid[]": "array[gen_random_uuid()]",
  "text[]": "array['owner']",
  "bytea[]": "array[sha256('something')]",
};

describe.each([
  ["never set", "reset licet.tenant"],
  ["set to nothing, as a commit leaves it", "set licet.tenant = ''"],
])("a tenant that was %s", (_name, statement) => {
  beforeAll(async () => {
    await client.end();
    client = new pg.Client({ connectionString: database().url });
    await client.connect();
    await client.query(statement);
  });

  it("is an error for every table of tenants, and never everybody's rows", async () => {
    const { rows } = await test.admin.query<{ name: string }>(READABLE);
    expect(rows.length).toBeGreaterThan(15);
    for (const { name } of rows) {
      await expect(client.query(`select tenant_id from ${name}`), name).rejects.toMatchObject({ code: "42704" });
    }
  });

  it("is an error for every function that does not find the tenant by itself", async () => {
    const { rows } = await test.admin.query<{ name: string; types: string | null }>(
      `select proname as name, (select string_agg(t::regtype::text, ' ' order by n) from unnest(proargtypes) with ordinality as a (t, n)) as types
       from pg_proc where pronamespace = 'public'::regnamespace and has_function_privilege('licet_app', oid, 'execute') order by 1`,
    );
    const answered = [];
    for (const { name, types } of rows) {
      const args = (types?.split(" ") ?? []).map((type) => SOMETHING[type] ?? `'{}'::${type}`).join(", ");
      await client.query("begin");
      await client.query(`select set_config('licet.actor', '{"kind": "operator"}', true)`);
      const code = await client.query(`select ${name}(${args})`).then(
        () => null,
        (error: { code: string }) => error.code,
      );
      await client.query("rollback");
      if (code !== "42704") answered.push(name);
    }
    expect(answered).toEqual(WITHOUT_TENANT);
  });
});

describe("what a call leaves on its connection for the pool's next user", () => {
  /** Both connections of the pool, at once. */
  async function left(): Promise<string[]> {
    const clients = await Promise.all([database().pool.connect(), database().pool.connect()]);
    const answers = await Promise.all(
      clients.map((each) =>
        each.query<{ left: string }>("select concat(current_setting('licet.tenant', true), current_setting('licet.actor', true)) as left"),
      ),
    );
    for (const each of clients) each.release();
    return answers.map(({ rows }) => rows[0]?.left ?? "");
  }

  const fails = () => Promise.reject(new Error("on purpose"));

  it.each<[string, () => Promise<unknown>]>([
    ["a function", () => doorValue(FIRST_TENANT, "has_admin", [])],
    ["a function that fails", () => doorValue(FIRST_TENANT, "read_standing", ["no uuid", "no uuid"])],
    ["a function that finds the tenant itself", () => door(null, "open_session", [null, Buffer.alloc(32), ""])],
    ["a read", () => readTenant(FIRST_TENANT, (tx) => tx.query("select from people"))],
    ["a read that fails", () => readTenant(FIRST_TENANT, (tx) => tx.query("select nonsense"))],
    ["a change", () => changeTenant(FIRST_TENANT, OPERATOR, (tx) => tx.query("select add_placeholder('Nobody')"))],
    ["a change that fails", () => changeTenant(FIRST_TENANT, OPERATOR, fails)],
    ["plain configuration", () => withTenant(FIRST_TENANT, OPERATOR, (orm) => orm.people.findMany())],
    ["plain configuration that fails", () => withTenant(FIRST_TENANT, OPERATOR, fails)],
  ])("%s: nothing", async (_name, call) => {
    await Promise.allSettled([call(), call(), call()]);
    expect(await left()).toEqual(["", ""]);
  });
});

describe("a change of configuration that does not say who makes it", () => {
  const AUDITED = [
    "agent_keys",
    "agents",
    "chain_versions",
    "chains",
    "grants",
    "invitations",
    "people",
    "policies",
    "tool_versions",
    "tools",
  ];

  it("is refused by the database for every table of configuration, even to its owner", async () => {
    const { rows } = await test.admin.query<{ name: string }>(
      `select distinct tgrelid::regclass::text as name from pg_trigger where tgname in ('close_gate', 'record_configuration')
       group by tgrelid having count(distinct tgname) = 2 order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(AUDITED);
    const owner = await test.admin.connect();
    try {
      await owner.query("begin");
      await owner.query("set local role licet_owner");
      for (const actor of ["", "{}", '{"kind": null}']) {
        await owner.query("select set_config('licet.tenant', 'default', true), set_config('licet.actor', $1, true)", [actor]);
        for (const table of AUDITED) {
          for (const statement of [`insert into ${table} (tenant_id) values ('default')`, `delete from ${table}`]) {
            await owner.query("savepoint before");
            await expect(owner.query(statement), statement).rejects.toMatchObject({ code: "42501", message: "licet.actor is not set" });
            await owner.query("rollback to before");
          }
        }
      }
    } finally {
      await owner.query("rollback");
      owner.release();
    }
  });

  it("covers whatever the application may write directly", async () => {
    const { rows } = await test.admin.query<{ name: string }>(
      `select relname as name from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r'
         and (has_any_column_privilege('licet_app', oid, 'insert') or has_any_column_privilege('licet_app', oid, 'update'))`,
    );
    expect(AUDITED).toEqual(expect.arrayContaining(rows.map(({ name }) => name)));
  });

  it("is recorded with who, what it was and what it became, and raises the configuration's version, when it does say", async () => {
    const version = async () => {
      const { rows } = await test.admin.query<{ version: number }>("select version from config_versions where tenant_id = 'default'");
      return rows[0]?.version ?? 0;
    };
    const before = await version();
    const id = await changeTenant(FIRST_TENANT, { kind: "operator", via: "test" }, async (tx) => {
      const { rows } = await tx.query<{ id: string }>("select add_placeholder('Ada') as id");
      await tx.query("update people set name = 'Ada L.' where tenant_id = 'default' and id = $1", [rows[0]?.id]);
      await tx.query("update people set name = 'Ada L.' where tenant_id = 'default' and id = $1", [rows[0]?.id]);
      return rows[0]?.id;
    });
    const { rows } = await test.admin.query(
      "select event, actor_kind, actor_id, result_status, detail from audit_records where resource_id = $1 order by id",
      [`people/${id}`],
    );
    expect(rows).toEqual([
      expect.objectContaining({ event: "config.people.insert", actor_kind: "operator", result_status: "success" }),
      {
        event: "config.people.update",
        actor_kind: "operator",
        actor_id: null,
        result_status: "success",
        detail: { before: { name: "Ada" }, after: { name: "Ada L." }, via: "test" },
      },
    ]);
    expect(await version()).toBe(before + 2);
  });
});
