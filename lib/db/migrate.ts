import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { projectRoot } from "@/lib/platform/root";

/** Where the SQL lives; beside the program in a clone and in a bundle alike. */
const PRISMA = join(projectRoot(), "prisma");
const OLDEST_SERVER = 150_000;

export class MigrationError extends Error {
  override name = "MigrationError";
}

/**
 * Brings a database to this program's version: roles, `prisma/migrations` in order (recorded in Prisma's own table),
 * `prisma/functions` whenever their text changed, the tenant `default`. One at a time by advisory lock; each migration
 * whole or not at all. Safe to call at every start.
 * @param url  the migrator's connection; it may make roles, or they exist (docs/operations.md)
 * @throws MigrationError with what to do
 */
export async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: "licet_migrator", lock_timeout: 30_000 });
  client.on("error", () => {});
  await client.connect();
  try {
    await checkServer(client);
    await client.query("select pg_advisory_lock(hashtextextended('licet migrate', 0))");
    if (await upToDate(client)) return;
    await ensureRoles(client);
    await client.query("set role licet_owner");
    await applyMigrations(client);
    await applyFunctions(client);
    await seed(client);
  } finally {
    await client.end();
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; encoding: string; fsync: string }>(
    `select current_setting('server_version_num')::int as version, pg_encoding_to_char(encoding) as encoding
     from pg_database where datname = current_database()`,
  );
  const server = rows[0];
  if (!server || server.version < OLDEST_SERVER) throw new MigrationError("DATABASE_URL: PostgreSQL 15 or newer is needed.");
  if (server.encoding !== "UTF8") throw new MigrationError("DATABASE_URL: the database must have the encoding UTF8.");
}

interface SqlFile {
  name: string;
  text: string;
  checksum: string;
}

async function readSql(path: string, name: string): Promise<SqlFile> {
  const text = await readFile(path, "utf8");
  return { name, text, checksum: createHash("sha256").update(text).digest("hex") };
}

async function readMigrations(): Promise<SqlFile[]> {
  const names = (await readdir(join(PRISMA, "migrations"), { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return Promise.all(
    names
      .map((entry) => entry.name)
      .sort()
      .map((name) => readSql(join(PRISMA, "migrations", name, "migration.sql"), name)),
  );
}

async function readFunctions(): Promise<SqlFile[]> {
  const names = (await readdir(join(PRISMA, "functions"))).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(names.map((name) => readSql(join(PRISMA, "functions", name), name)));
}

const digestOf = (files: SqlFile[]) =>
  createHash("sha256")
    .update(files.map((file) => file.checksum).join())
    .digest("hex");

/** The usual start: one query and nothing to do. */
async function upToDate(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ known: boolean }>("select to_regclass('public.licet_functions') is not null as known");
  if (!rows[0]?.known) return false;
  const [migrations, functions] = await Promise.all([readMigrations(), readFunctions()]);
  const applied = await appliedMigrations(client);
  refuseNewer(applied, migrations);
  const same = await client.query("select from licet_functions where digest = $1", [digestOf(functions)]);
  return applied.size === migrations.length && same.rowCount === 1;
}

async function ensureRoles(client: pg.Client): Promise<void> {
  for (const role of ["licet_owner", "licet_app"]) {
    const { rowCount } = await client.query("select from pg_roles where rolname = $1", [role]);
    if (rowCount) continue;
    // Roles belong to the cluster: another database's migrator may be making them at this moment.
    await client.query(`create role ${role} nologin nosuperuser nobypassrls nocreatedb nocreaterole`).catch((error: { code?: string }) => {
      if (error.code === "42501") {
        throw new MigrationError(
          `DATABASE_URL's user may not create the role ${role}. Create it yourself (docs/operations.md, "Roles") and set LICET_APP_DATABASE_URL.`,
        );
      }
      if (error.code !== "42710" && error.code !== "23505") throw error;
    });
  }
  const { rows } = await client.query<{ rolname: string }>(
    "select rolname from pg_roles where rolname in ('licet_owner', 'licet_app') and (rolsuper or rolbypassrls)",
  );
  if (rows[0]) throw new MigrationError(`The role ${rows[0].rolname} must be neither superuser nor BYPASSRLS.`);
  // A member may SET ROLE; a superuser may without.
  await client.query("grant licet_owner to current_user").catch(() => {});
  await client.query("grant create, usage on schema public to licet_owner");
}

async function appliedMigrations(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string }>(
    "select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null",
  );
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

function refuseNewer(applied: Map<string, string>, known: SqlFile[]): void {
  const names = new Set(known.map((file) => file.name));
  const unknown = [...applied.keys()].find((name) => !names.has(name));
  if (unknown) throw new MigrationError(`The database is newer than this program (migration ${unknown}). Update Licet.`);
  const edited = known.find((file) => applied.has(file.name) && applied.get(file.name) !== file.checksum);
  if (edited) throw new MigrationError(`The migration ${edited.name} was changed after it had been applied here.`);
}

async function applyMigrations(client: pg.Client): Promise<void> {
  await client.query(`create table if not exists _prisma_migrations (
    id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
    logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`);
  const migrations = await readMigrations();
  const applied = await appliedMigrations(client);
  refuseNewer(applied, migrations);
  for (const migration of migrations.filter((file) => !applied.has(file.name))) {
    await inTransaction(client, migration.name, async () => {
      await client.query(migration.text);
      await client.query(
        `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) values ($1, $2, $3, clock_timestamp(), 1)`,
        [randomUUID(), migration.checksum, migration.name],
      );
    });
  }
}

/** All of them, in one transaction: a function may use any other, whatever its file is called. */
async function applyFunctions(client: pg.Client): Promise<void> {
  const functions = await readFunctions();
  await inTransaction(client, "functions", async () => {
    await client.query("set local check_function_bodies = off");
    for (const file of functions) {
      await client.query(file.text).catch((error: Error) => {
        throw new MigrationError(`prisma/functions/${file.name}: ${error.message}`);
      });
    }
    await client.query(
      "create table if not exists licet_functions (only_one boolean primary key default true check (only_one), digest text not null)",
    );
    await client.query("insert into licet_functions (digest) values ($1) on conflict (only_one) do update set digest = excluded.digest", [
      digestOf(functions),
    ]);
  });
}

async function seed(client: pg.Client): Promise<void> {
  await inTransaction(client, "seed", async () => {
    await client.query("insert into tenants (id, name) values ('default', 'default') on conflict do nothing");
    await client.query("select set_config('licet.tenant', 'default', true)");
    await client.query("insert into config_versions (tenant_id, version) values ('default', 0) on conflict do nothing");
    await client.query("insert into due (tenant_id) values ('default') on conflict do nothing");
  });
}

async function inTransaction(client: pg.Client, what: string, run: () => Promise<void>): Promise<void> {
  await client.query("begin");
  try {
    await run();
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    if (error instanceof MigrationError) throw error;
    throw new MigrationError(`${what}: ${(error as Error).message}. Nothing of it was kept.`, { cause: error });
  }
}
