import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import { join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import type { Config } from "@/lib/platform/config";
import { database, setDatabase } from "./database";
import { startEmbedded, type Embedded } from "./embedded/start";
import { ignore } from "./embedded/files";
import { PrismaClient } from "./generated/client";
import { checkAppRole, ensureLoginRole } from "./login-role";
import { migrate } from "./migrate";
import { createPool } from "./pool";

export interface OpenInstall {
  /** The install's secret: signs sessions, seals stored keys. */
  secret: string;
  /** True when the PostgreSQL is the embedded one. */
  embedded: boolean;
  close(): Promise<void>;
}

/**
 * Opens the database of this configuration: starts or joins the embedded PostgreSQL unless `DATABASE_URL` is set,
 * migrates, makes the application's role, connects as it. Afterwards `database()` works everywhere in the process.
 * @param name  shown in `pg_stat_activity`
 */
export async function openDatabase(config: Config, name: `licet${string}`): Promise<OpenInstall> {
  const embedded = config.databaseUrl ? null : await startEmbedded(config.dataDir);
  try {
    return await connect(config, config.databaseUrl ?? (embedded as Embedded).url, name, embedded);
  } catch (error) {
    await closeAll(embedded);
    throw error;
  }
}

async function connect(config: Config, adminUrl: string, name: `licet${string}`, embedded: Embedded | null): Promise<OpenInstall> {
  await migrate(adminUrl);
  const secret = config.secret ?? (embedded ? await secretOfFolder(config.dataDir) : await secretOfDatabase(adminUrl));
  const url = config.appDatabaseUrl ?? (await ensureLoginRole(adminUrl, secret));
  const pool = createPool(url, name, config.databasePool);
  const orm = new PrismaClient({ adapter: new PrismaPg(pool) });
  setDatabase({ pool, orm, url });
  await checkAppRole(pool);
  return { secret, embedded: embedded !== null, close: () => closeAll(embedded) };
}

async function closeAll(embedded: Embedded | null): Promise<void> {
  const open = tryDatabase();
  setDatabase(null);
  if (open) {
    await open.orm.$disconnect();
    if (!open.pool.ended) await open.pool.end();
  }
  await embedded?.leave();
}

function tryDatabase() {
  try {
    return database();
  } catch {
    return null;
  }
}

async function secretOfFolder(dataDir: string): Promise<string> {
  const path = join(dataDir, "secret");
  const known = await fs.readFile(path, "utf8").catch(ignore("ENOENT"));
  if (known) return known.trim();
  // Linked into place, not renamed: where two processes start at once, the first one's stays.
  const draft = `${path}.${process.pid}`;
  await fs.writeFile(draft, randomBytes(32).toString("base64url"), { mode: 0o600 });
  await fs.link(draft, path).catch(ignore("EEXIST"));
  await fs.rm(draft);
  return secretOfFolder(dataDir);
}

/**
 * Several servers on one database need one secret. Without LICET_SECRET it is kept in a table only the owner's role can
 * read; sessions are stored as hashes, so a copy of the database still opens none (docs/operations.md).
 */
async function secretOfDatabase(adminUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: "licet_migrator" });
  await client.connect();
  try {
    await client.query("set role licet_owner");
    await client.query("insert into install_keys (name, value) values ('secret', $1) on conflict do nothing", [
      randomBytes(32).toString("base64url"),
    ]);
    const { rows } = await client.query<{ value: string }>("select value from install_keys where name = 'secret'");
    if (!rows[0]) throw new Error("The install's secret could not be read.");
    return rows[0].value;
  } finally {
    await client.end();
  }
}
