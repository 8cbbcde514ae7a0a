import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { openDatabase, type OpenInstall } from "@/lib/db/open";
import { parseConfig, type Config } from "@/lib/platform/config";
import { setContext } from "@/lib/platform/context";
import { FIRST_TENANT } from "@/lib/people/setup";
import { defaultPolicy } from "@/lib/policy/parse";
import { publishPolicy } from "@/lib/policy/policies";

export const TEST_SECRET = "a secret for tests that is long enough";

/** The default policy for tests that ask for the same thing over and over, by the thousand; those about it publish their own. */
const TEST_POLICY = defaultPolicy()
  .replace("memory: 30m", "memory: off")
  .replace(/^ {2}(minute|day|pending): \d+$/gm, "  $1: 1000000")
  .replace("repeats: 10,", "repeats: 1000,");

export interface TestDatabase {
  /** The superuser's connection string of this file's own database. */
  adminUrl: string;
  admin: pg.Pool;
  config: Config;
  install: OpenInstall;
  close(): Promise<void>;
}

/** A migrated database of this test file's own, open as the application opens it. */
export async function openTestDatabase(environment: Record<string, string> = {}): Promise<TestDatabase> {
  const adminUrl = await createDatabase();
  const config = parseConfig({ DATABASE_URL: adminUrl, LICET_SECRET: TEST_SECRET, ...environment });
  const install = await openDatabase(config, "licet_test");
  setContext({ config, secret: install.secret });
  await publishPolicy(FIRST_TENANT, { kind: "system", via: "test" }, TEST_POLICY);
  const admin = new pg.Pool({ connectionString: adminUrl, max: 5 });
  admin.on("error", () => {}); // dropping the database may end a connection that is just being closed
  return {
    adminUrl,
    admin,
    config,
    install,
    close: async () => {
      await admin.end();
      await install.close();
      await dropDatabase(adminUrl);
    },
  };
}

/** A copy of the migrated template; its connection string. */
export async function createDatabase(): Promise<string> {
  const name = `t_${randomBytes(6).toString("hex")}`;
  await onCluster((client) => client.query(`create database ${name} template licet_template`));
  const url = new URL(inject("cluster"));
  url.pathname = `/${name}`;
  return url.href;
}

export async function dropDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await onCluster(async (client) => {
    // A pool has ended before the server noticed, and being thrown out is an error nobody listens for any more. Without
    // force PostgreSQL waits some seconds for who is leaving.
    const leaving = client.query(`drop database if exists ${name}`);
    await leaving.catch(() => client.query(`drop database if exists ${name} with (force)`));
  });
  await onCluster((client) => client.query(`drop role if exists licet_app_${name}`)).catch(() => {});
}

async function onCluster(run: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: inject("cluster") });
  await client.connect();
  try {
    // Two copies of one template at a time are refused: wait for each other.
    await client.query("select pg_advisory_lock(4711)");
    await run(client);
  } finally {
    await client.end();
  }
}
