import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { appendFile, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { checkAppRole, ensureLoginRole } from "@/lib/db/login-role";
import { migrate } from "@/lib/db/migrate";
import { projectRoot } from "@/lib/platform/root";
import { dropDatabase, TEST_SECRET } from "../support/database";

let cluster: pg.Client;
let url: string;
let admin: pg.Client;

beforeAll(async () => {
  cluster = new pg.Client({ connectionString: inject("cluster") });
  await cluster.connect();
});
afterAll(() => cluster.end());

/** Nothing in it: what a first start finds. */
async function emptyDatabase(options = ""): Promise<string> {
  const name = `m_${randomBytes(6).toString("hex")}`;
  await cluster.query(`create database ${name} template template0 ${options}`);
  const made = new URL(inject("cluster"));
  made.pathname = `/${name}`;
  return made.href;
}

beforeEach(async () => {
  url = await emptyDatabase();
  admin = new pg.Client({ connectionString: url });
  await admin.connect();
});
afterEach(async () => {
  await admin.end();
  await dropDatabase(url);
});

/** As many as the project has. */
const MIGRATIONS = readdirSync(join(projectRoot(), "prisma/migrations"), { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
).length;

const one = async <Row extends object>(query: string) => (await admin.query<Row>(query)).rows[0];
const refused = (message: RegExp): Record<string, unknown> => ({ name: "MigrationError", message: expect.stringMatching(message) });

describe("the migrator", () => {
  it("takes several first starts at once: each finds a whole database, and every migration was applied once", async () => {
    await Promise.all(Array.from({ length: 6 }, () => migrate(url)));
    expect(await one("select count(*)::int as n, count(distinct migration_name)::int as names from _prisma_migrations")).toEqual({
      n: MIGRATIONS,
      names: MIGRATIONS,
    });
    expect(await one("select id, (select count(*)::int from config_versions) as versions from tenants")).toEqual({
      id: "default",
      versions: 1,
    });
    expect(
      await one(
        "select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relowner <> 'licet_owner'::regrole",
      ),
    ).toEqual({ n: 0 });
  });

  it("refuses a migration that was changed after it had been applied", async () => {
    await migrate(url);
    await admin.query("update _prisma_migrations set checksum = repeat('0', 64)");
    await expect(migrate(url)).rejects.toMatchObject(refused(/^The migration \w+ was changed after it had been applied here/));
  });

  it("refuses a database that a newer program migrated", async () => {
    await migrate(url);
    await admin.query(
      "insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('x', '', '29990101000000_later', now())",
    );
    await expect(migrate(url)).rejects.toMatchObject(refused(/newer than this program \(migration 29990101000000_later\)/));
  });

  it("makes the functions anew when their text changed, and leaves them alone when not", async () => {
    await migrate(url);
    const replace = "create or replace function has_admin() returns boolean language sql security definer as 'select true'";
    await admin.query(replace);
    await migrate(url);
    expect(await one("select has_admin() as answer")).toEqual({ answer: true });
    await admin.query("update licet_functions set digest = 'of an older text'");
    await migrate(url);
    await admin.query("select set_config('licet.tenant', 'default', false)");
    expect(await one("select has_admin() as answer")).toEqual({ answer: false });
    expect(await one("select proowner::regrole::text as owner from pg_proc where proname = 'has_admin'")).toEqual({ owner: "licet_owner" });
  });

  it("refuses a PostgreSQL that is too old", async () => {
    // The server says what this schema's function says: its name is found before PostgreSQL's own.
    await admin.query(`create schema old; create function old.current_setting(text) returns text language sql as
      $$ select case $1 when 'server_version_num' then '140012' else pg_catalog.current_setting($1) end $$`);
    await admin.query(`alter database ${new URL(url).pathname.slice(1)} set search_path = old, pg_catalog, public`);
    await expect(migrate(url)).rejects.toMatchObject(refused(/PostgreSQL 15 or newer is needed/));
  });

  it("refuses a database that cannot hold every character", async () => {
    const latin = await emptyDatabase("encoding 'LATIN1' locale 'C'");
    await expect(migrate(latin)).rejects.toMatchObject(refused(/must have the encoding UTF8/));
    await dropDatabase(latin);
  });

  describe("with other files", () => {
    let root: string;
    beforeEach(async () => {
      root = await mkdtemp(join(tmpdir(), "licet-prisma-"));
      await cp("prisma", join(root, "prisma"), { recursive: true });
      vi.stubEnv("LICET_ROOT", root);
      vi.resetModules();
    });
    afterEach(async () => {
      vi.unstubAllEnvs();
      vi.resetModules();
      await rm(root, { recursive: true });
    });

    const migrateAnew = async () => (await import("@/lib/db/migrate")).migrate(url);

    it("keeps nothing of a migration that fails half-way, and goes on from there once it is right", async () => {
      const folder = join(root, "prisma/migrations/29990101000000_next");
      await mkdir(folder);
      await writeFile(join(folder, "migration.sql"), "create table half (id int); select 1 / 0;");
      await expect(migrateAnew()).rejects.toMatchObject(refused(/29990101000000_next: division by zero\. Nothing of it was kept/));
      expect(await one("select to_regclass('half') as half, count(*)::int as applied from _prisma_migrations")).toEqual({
        half: null,
        applied: MIGRATIONS,
      });
      await writeFile(join(folder, "migration.sql"), "create table half (id int)");
      await migrateAnew();
      expect(await one("select to_regclass('half')::text as half, count(*)::int as applied from _prisma_migrations")).toEqual({
        half: "half",
        applied: MIGRATIONS + 1,
      });
    });

    it("keeps the functions as they were when one of the new ones does not parse, and names its file", async () => {
      await migrateAnew();
      const before = await one("select digest from licet_functions");
      await appendFile(join(root, "prisma/functions/announce.sql"), "\ndrop function has_admin();");
      await appendFile(join(root, "prisma/functions/step_up.sql"), "\nselekt;");
      await expect(migrateAnew()).rejects.toMatchObject(refused(/prisma\/functions\/step_up\.sql: syntax error/));
      expect(await one("select digest from licet_functions")).toEqual(before);
      expect(await one("select to_regproc('has_admin')::text as has_admin")).toEqual({ has_admin: "has_admin" });
    });
  });
});

describe("the application's login", () => {
  it("is made once by several starts at once, and each can use it", async () => {
    await migrate(url);
    const urls = await Promise.all(Array.from({ length: 6 }, () => ensureLoginRole(url, TEST_SECRET)));
    expect(new Set(urls).size).toBe(1);
    const pool = new pg.Pool({ connectionString: urls[0] });
    await checkAppRole(pool);
    await pool.end();
  });

  it.each([
    ["a superuser", "superuser"],
    ["one that row-level security does not hold for", "bypassrls"],
    ["a member of licet_owner", "in role licet_owner, licet_app"],
  ])("is refused when LICET_APP_DATABASE_URL gives %s", async (_name, attributes) => {
    await migrate(url);
    const name = `stranger_${randomBytes(4).toString("hex")}`;
    await admin.query(`create role ${name} login password 'x' ${attributes}`);
    const pool = new pg.Pool({ connectionString: Object.assign(new URL(url), { username: name, password: "x" }).href });
    try {
      await expect(checkAppRole(pool)).rejects.toMatchObject(refused(/superuser, BYPASSRLS or licet_owner; the application must not be/));
    } finally {
      await pool.end();
      await admin.query(`drop role ${name}`);
    }
  });

  it("gets a new password with a new secret, and is not the same for two databases", async () => {
    await migrate(url);
    const first = await ensureLoginRole(url, TEST_SECRET);
    const second = await ensureLoginRole(url, "another secret that is long enough");
    expect(new URL(first).username).toBe(new URL(second).username);
    expect(new URL(first).password).not.toBe(new URL(second).password);
    const late = new pg.Client({ connectionString: first });
    await expect(late.connect()).rejects.toMatchObject({ code: "28P01" });

    const elsewhere = await emptyDatabase();
    await migrate(elsewhere);
    const third = await ensureLoginRole(elsewhere, TEST_SECRET);
    expect(new URL(third).username).not.toBe(new URL(first).username);
    const trespasser = new pg.Client({ connectionString: Object.assign(new URL(second), { pathname: new URL(elsewhere).pathname }).href });
    await expect(trespasser.connect()).rejects.toMatchObject({ code: "42501" });
    await dropDatabase(elsewhere);
  });
});
