import pg from "pg";
import { deriveKey } from "@/lib/platform/secret";
import { MigrationError } from "./migrate";

/**
 * The connection the running application uses: a role of this database alone, member of `licet_app`, with a password
 * derived from the install's secret. Roles belong to the cluster, so one name for all databases would let one install
 * into another's, and two installs fight over its password.
 * @param adminUrl  the migrator's connection
 * @returns the application's connection string
 */
export async function ensureLoginRole(adminUrl: string, secret: string): Promise<string> {
  const url = new URL(adminUrl);
  const client = new pg.Client({ connectionString: adminUrl, application_name: "licet_migrator" });
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; database: string }>(
      "select left('licet_app_' || current_database(), 63) as name, current_database() as database",
    );
    const found = rows[0];
    if (!found) throw new MigrationError("The database has no name.");
    url.username = encodeURIComponent(found.name);
    url.password = deriveKey(secret, `login role ${found.database}`).toString("base64url");
    if (await signsIn(url.href)) return url.href;
    // Two first starts at once: the second waits, and then finds the role made.
    await client.query("select pg_advisory_lock(hashtextextended('licet login role', 0))");
    if (await signsIn(url.href)) return url.href;
    const name = pg.escapeIdentifier(found.name);
    const password = pg.escapeLiteral(decodeURIComponent(url.password));
    await client.query(`create role ${name} login nosuperuser nobypassrls nocreatedb nocreaterole`).catch((error: { code?: string }) => {
      if (error.code !== "42710" && error.code !== "23505") throw error;
    });
    await client.query(`alter role ${name} login nosuperuser nobypassrls password ${password}`);
    await client.query(`grant licet_app to ${name}`);
    await keepStrangersOut(client, found.database, name);
    return url.href;
  } catch (error) {
    if ((error as { code?: string }).code !== "42501") throw error;
    throw new MigrationError(
      "DATABASE_URL's user may not make the application's role. Make it yourself (docs/operations.md, \"Roles\") and set LICET_APP_DATABASE_URL.",
    );
  } finally {
    await client.end();
  }
}

/** Where the database is ours, only this role (and its owner) connects. Otherwise that stays its owner's decision. */
async function keepStrangersOut(client: pg.Client, database: string, login: string): Promise<void> {
  const { rows } = await client.query<{ ours: boolean }>(
    "select pg_has_role(datdba, 'usage') as ours from pg_database where datname = current_database()",
  );
  if (!rows[0]?.ours) return;
  // In this order: another process may have found that the role signs in, by what everybody may, and must not lose that.
  await client.query(`grant connect on database ${pg.escapeIdentifier(database)} to ${login}`);
  await client.query(`revoke connect, temporary on database ${pg.escapeIdentifier(database)} from public`);
}

async function signsIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, application_name: "licet_migrator", connectionTimeoutMillis: 5000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** The application must not be able to step around row-level security, whatever connection it was given. */
export async function checkAppRole(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ unsafe: boolean; member: boolean }>(
    `select rolsuper or rolbypassrls or pg_has_role(current_user, 'licet_owner', 'usage') as unsafe, pg_has_role(current_user, 'licet_app', 'usage') as member
     from pg_roles where rolname = current_user`,
  );
  if (rows[0]?.unsafe) {
    throw new MigrationError("LICET_APP_DATABASE_URL: its user is superuser, BYPASSRLS or licet_owner; the application must not be.");
  }
  if (!rows[0]?.member) throw new MigrationError("LICET_APP_DATABASE_URL: its user must be a member of licet_app.");
}
