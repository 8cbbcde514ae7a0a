import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { database } from "@/lib/db/database";
import { openTestDatabase, type TestDatabase } from "../support/database";

let test: TestDatabase;
/** A connection of the application's role, its tenant set for good: what is refused here is refused for want of a right. */
let app: pg.Client;

beforeAll(async () => {
  test = await openTestDatabase();
  app = new pg.Client({ connectionString: database().url });
  await app.connect();
  await app.query("set licet.tenant = 'default'");
});
afterAll(async () => {
  await app.end();
  await test.close();
});

/** A query's rows as lines of text, for a file that people read in a review. */
async function listing(query: string): Promise<string> {
  const { rows } = await test.admin.query<{ line: string }>(query);
  return `${rows.map(({ line }) => line).join("\n")}\n`;
}

const codeOf = (query: string) =>
  app.query(query).then(
    () => "allowed",
    (error: { code?: string }) => error.code,
  );

/** Refused for want of a right, and not by a constraint or a trigger. */
const isDenied = (query: string) =>
  app.query(query).then(
    () => false,
    (error: Error) => error.message.startsWith("permission denied"),
  );

const tables = async (where = "true") =>
  (
    await test.admin.query<{ name: string }>(
      `select relname as name from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r' and ${where} order by 1`,
    )
  ).rows.map(({ name }) => name);

const IS_TENANT_TABLE = `exists (select from pg_attribute a where a.attrelid = c.oid and attname = 'tenant_id')
  and relname not in ('memberships', 'sessions', 'key_directory', 'due')`;

describe("who may do what, as a file whose every change a reviewer sees", () => {
  it("grants on tables", async () => {
    await expect(
      await listing(
        `select format('%-18s %-10s %s', relname, coalesce(grantee::regrole::text, '-'), string_agg(privilege || columns, ', ' order by privilege)) as line
         from (
           select relname, grantee, privilege_type as privilege, '' as columns
           from pg_class c, aclexplode(coalesce(relacl, acldefault('r', relowner))) where grantee <> relowner and relkind = 'r' and relnamespace = 'public'::regnamespace
           union all
           select relname, grantee, privilege_type, ' (' || string_agg(attname, ', ' order by attnum) || ')'
           from pg_attribute join pg_class c on c.oid = attrelid and relnamespace = 'public'::regnamespace, aclexplode(attacl)
           group by relname, grantee, privilege_type) granted
         group by relname, grantee order by relname, grantee`,
      ),
    ).toMatchFileSnapshot("snapshots/table-grants.txt");
  });

  it("row-level security", async () => {
    await expect(
      await listing(
        `select format('%-18s %s %s', relname,
           case when relforcerowsecurity then 'forced' when relrowsecurity then 'enabled, NOT forced' else 'none' end,
           coalesce((select string_agg(format('%s for %s to %s using %s with check %s', polname, polcmd,
             (select string_agg(case r when 0 then 'public' else r::regrole::text end, ', ') from unnest(polroles) r),
             pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)), '; ') from pg_policy where polrelid = c.oid), '')) as line
         from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname`,
      ),
    ).toMatchFileSnapshot("snapshots/row-security.txt");
  });

  it("roles", async () => {
    const { rows } = await app.query<{ login: string }>("select current_user as login");
    const text = await listing(
      `select format('%s: %s; member of %s', rolname,
         concat_ws(', ', case when rolsuper then 'SUPERUSER' end, case when rolbypassrls then 'BYPASSRLS' end, case when rolcanlogin then 'login' else 'nologin' end,
           case when rolcreaterole then 'CREATEROLE' end, case when rolcreatedb then 'CREATEDB' end, case when rolreplication then 'REPLICATION' end),
         coalesce((select string_agg(m.roleid::regrole::text, ', ') from pg_auth_members m where m.member = r.oid), 'nothing')) as line
       from pg_roles r where rolname in ('licet_owner', 'licet_app', '${rows[0]?.login}') order by rolname`,
    );
    await expect(text.replaceAll(rows[0]?.login ?? "", "(the application's login)")).toMatchFileSnapshot("snapshots/roles.txt");
  });

  it("functions: owner, definer, search_path, and who may execute", async () => {
    await expect(
      await listing(
        `select format('%s(%s) %s%s owner %s, execute: %s', proname, pg_get_function_identity_arguments(oid),
           case when prosecdef then 'DEFINER' else 'invoker' end,
           case when proconfig is null then ',' else ', ' || (select string_agg(setting, ', ') from unnest(proconfig) setting) || ',' end,
           proowner::regrole,
           coalesce((select string_agg(case grantee when 0 then 'PUBLIC' else grantee::regrole::text end, ', ' order by grantee)
             from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee <> proowner), 'nobody')) as line
         from pg_proc where pronamespace = 'public'::regnamespace order by proname, pg_get_function_identity_arguments(oid)`,
      ),
    ).toMatchFileSnapshot("snapshots/functions.txt");
  });
});

describe("what the snapshots must never say", () => {
  it("no function may be executed by PUBLIC, and every definer pins its search_path and belongs to licet_owner", async () => {
    expect(
      await listing(
        `select proname as line from pg_proc where pronamespace = 'public'::regnamespace and (has_function_privilege('public', oid, 'execute')
           or proowner <> 'licet_owner'::regrole
           or (prosecdef and not 'search_path=pg_catalog, public, pg_temp' = any (coalesce(proconfig, '{}'))))`,
      ),
    ).toBe("\n");
  });

  it("every tenant table forces row-level security by the tenant alone, and each of its keys starts with tenant_id", async () => {
    const tenantTables = await tables(IS_TENANT_TABLE);
    expect(tenantTables.length).toBeGreaterThanOrEqual(20);
    expect(await tables(`(${IS_TENANT_TABLE}) and not (relrowsecurity and relforcerowsecurity)`)).toEqual([]);
    expect(await tables(`(${IS_TENANT_TABLE}) and 1 <> (select count(*) from pg_policy where polrelid = c.oid)`)).toEqual([]);
    expect(
      await listing(
        `select c.relname || ': ' || i.indexrelid::regclass as line from pg_index i join pg_class c on c.oid = i.indrelid
         where c.relnamespace = 'public'::regnamespace and ${IS_TENANT_TABLE} and i.indkey[0] <> (
           select attnum from pg_attribute where attrelid = c.oid and attname = 'tenant_id')`,
      ),
    ).toBe("\n");
    expect(
      await listing(
        `select c.relname || ': ' || conname as line from pg_constraint f join pg_class c on c.oid = f.conrelid
         where f.contype = 'f' and ${IS_TENANT_TABLE} and (f.conkey[1] <> (select attnum from pg_attribute where attrelid = c.oid and attname = 'tenant_id')
           and f.confrelid <> 'accounts'::regclass)`,
      ),
    ).toBe("\n");
  });
});

describe("the application's role", () => {
  /** The only rows it may make; of these and of `people` it may change some columns (snapshots/table-grants.txt). */
  const INSERTABLE = ["agents", "chain_versions", "chains", "grants", "policies", "tool_versions", "tools"];

  it("makes rows of plain configuration and no others: no request, vote, audit record, key, nor anything of the installation", async () => {
    const all = await tables();
    expect(all).toEqual(expect.arrayContaining(["requests", "votes", "audit_records", "accounts", "sessions"]));
    const insertable = [];
    for (const table of all) if (!(await isDenied(`insert into ${table} default values`))) insertable.push(table);
    expect(insertable).toEqual(INSERTABLE);
  });

  it("changes no row as a whole, and deletes none, of any table", async () => {
    for (const table of await tables()) {
      const { rows } = await test.admin.query<{ name: string }>(
        "select attname as name from pg_attribute where attrelid = $1::regclass and attnum = 1",
        [table],
      );
      const column = rows[0]?.name;
      for (const statement of [`update ${table} set ${column} = ${column}`, `delete from ${table}`, `truncate ${table}`]) {
        expect([statement, await isDenied(statement)]).toEqual([statement, true]);
      }
    }
  });

  it("cannot read the installation's tables, the devices' secrets or who is about to prove themselves", async () => {
    for (const table of [...(await tables(`not (${IS_TENANT_TABLE})`)), "step_ups"]) {
      expect([table, await codeOf(`select from ${table}`)]).toEqual([table, "42501"]);
    }
    for (const column of ["endpoint", "p256dh", "auth", "session_hash"]) {
      expect([column, await codeOf(`select ${column} from subscriptions`)]).toEqual([column, "42501"]);
    }
  });

  it.each([
    "set role licet_owner",
    "set session authorization licet_owner",
    "set session_replication_role = replica",
    "alter table requests disable row level security",
    "alter table requests no force row level security",
    "alter table requests disable trigger guard",
    "drop trigger append_only on audit_records",
    "create policy mine on requests using (true)",
    "create table public.mine (id int)",
    "create temporary table requests (id int)",
    "create function public.mine() returns int language sql as 'select 1'",
    "create or replace function public.door_clock() returns timestamptz language sql as 'select now()'",
    "alter function ask(jsonb, jsonb) security invoker",
    "grant licet_owner to current_user",
    "alter role current_user bypassrls",
    "select raise_level('{}', now(), null)",
    "select expire_locked('{}', now())",
    "select able_level(null, 1, 1, null, null)",
    "select session_holds(null, null, now())",
    "select pg_read_file('postgresql.conf')",
  ])("may not: %s", async (statement) => {
    expect(await codeOf(statement)).toMatch(/^(42501|0LP01)$/);
  });

  it("sees nothing with row security switched off: an error, not everybody's rows", async () => {
    expect(await codeOf("select from people")).toBe("allowed");
    await app.query("set row_security = off");
    expect(await codeOf("select from people")).toBe("42501");
    await app.query("reset row_security");
  });

  it("lets nobody else connect to this database", async () => {
    const { rows } = await test.admin.query<{ grantee: string }>(
      `select distinct case grantee when 0 then 'PUBLIC' else grantee::regrole::text end as grantee
       from pg_database, aclexplode(datacl) where datname = current_database() and grantee <> datdba and privilege_type in ('CONNECT', 'TEMPORARY')`,
    );
    const { rows: login } = await app.query<{ name: string }>("select current_user as name");
    expect(rows.map(({ grantee }) => grantee)).toEqual([login[0]?.name]);
  });
});
