import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import * as fs from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { findBinaries, reachable, stateFolder, unprivilegedUser, type UnixUser } from "./binaries";
import { exists, ignore, readJson, writeSecretFile } from "./files";
import { isAlive, isPostgres, readPid, removeStalePid } from "./process";

/**
 * The embedded PostgreSQL: real binaries from npm, started by us as a process of its own that several Licet processes
 * share and the last one to leave stops. It listens on 127.0.0.1 only, on a free port, with a random password.
 */
export interface Embedded {
  /** Connection string of its superuser. */
  url: string;
  /** Stops the server if no other Licet process is connected to it. */
  leave(): Promise<void>;
}

interface Runner {
  bin: string;
  /** PGDATA. Below the data directory, or in the state folder when the user it runs as cannot reach that. */
  data: string;
  user: UnixUser | null;
}

const USER = "licet";
const DATABASE = "licet";
const START_TIMEOUT_MS = 60_000;

/**
 * Starts the server or joins the one that runs already.
 * @param dataDir   absolute; created with mode 0700
 * @param settings  further `name=value` settings of the server, for tests
 */
export async function startEmbedded(dataDir: string, settings: string[] = []): Promise<Embedded> {
  await fs.mkdir(dataDir, { recursive: true, mode: 0o700 });
  const runner = await findRunner(dataDir);
  const deadline = Date.now() + START_TIMEOUT_MS;
  const lockFile = join(dataDir, "starting.lock");
  while (Date.now() < deadline) {
    const unlock = await lock(lockFile);
    if (!unlock) {
      await sleep(50); // another Licet process is starting, joining or stopping it
      continue;
    }
    try {
      const url = await running(dataDir, runner);
      if (url) {
        const presence = await stay(url);
        return { url, leave: () => leave(url, runner, lockFile, presence) };
      }
      if (!(await removeStalePid(runner.data))) {
        await sleep(50); // whoever started it was killed before it was ready
        continue;
      }
      await initialise(dataDir, runner);
      await launch(dataDir, runner, settings, deadline);
    } finally {
      await unlock();
    }
  }
  throw new Error(`The embedded PostgreSQL did not start in ${START_TIMEOUT_MS / 1000} s. Its log: ${logOf(runner)}`);
}

async function findRunner(dataDir: string): Promise<Runner> {
  const user = await unprivilegedUser();
  const bin = await findBinaries(user);
  const location = join(dataDir, "location.json");
  const known = await readJson<{ data: string }>(location);
  if (known) return { bin, data: known.data, user };
  if (!user || (await reachable(dataDir, user))) return { bin, data: join(dataDir, "postgres"), user };
  const base = join(await stateFolder(), "data", randomBytes(8).toString("hex"));
  await fs.mkdir(base, { recursive: true, mode: 0o755 });
  await writeSecretFile(location, JSON.stringify({ data: join(base, "postgres") }));
  return findRunner(dataDir);
}

const logOf = (runner: Runner) => join(dirname(runner.data), "postgres.log");

async function initialise(dataDir: string, runner: Runner): Promise<void> {
  if (await exists(join(runner.data, "PG_VERSION"))) return;
  const fresh = `${runner.data}.new`; // renamed when whole, so that a start that was cut off leaves nothing half-made
  const passwordFile = `${fresh}.password`;
  const password = randomBytes(24).toString("base64url");
  await fs.rm(fresh, { recursive: true, force: true });
  await fs.mkdir(fresh, { mode: 0o700 });
  await fs.writeFile(passwordFile, password, { mode: 0o600 });
  if (runner.user) {
    await fs.chown(fresh, runner.user.uid, runner.user.gid);
    await fs.chown(passwordFile, runner.user.uid, runner.user.gid);
  }
  try {
    const options = ["-U", USER, "--pwfile", passwordFile, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "-k"];
    const done = spawnSync(join(runner.bin, "initdb"), ["-D", fresh, ...options], {
      ...runner.user,
      encoding: "utf8",
      cwd: "/",
      env: cleanEnvironment(),
    });
    if (done.status !== 0) {
      throw new Error(`initdb failed: ${done.error?.message ?? done.stderr.trim()}. Set DATABASE_URL to use your own PostgreSQL.`);
    }
    await writeSecretFile(join(dataDir, "postgres.password"), password);
    await fs.rename(fresh, runner.data);
  } finally {
    await fs.rm(passwordFile, { force: true });
  }
}

async function launch(dataDir: string, runner: Runner, settings: string[], deadline: number): Promise<void> {
  const log = openSync(logOf(runner), "a", 0o600);
  const options = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    `port=${await freePort()}`,
    "log_min_messages=warning",
    ...settings,
  ];
  const child = spawn(join(runner.bin, "postgres"), ["-D", runner.data, ...options.flatMap((option) => ["-c", option])], {
    ...runner.user,
    cwd: "/",
    env: cleanEnvironment(),
    detached: true, // outlives us: other Licet processes may be using it
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  let ended = false;
  child.once("exit", () => (ended = true));
  child.once("error", () => (ended = true));
  child.unref();
  while (Date.now() < deadline) {
    if (await running(dataDir, runner)) return;
    if (ended) throw new Error(`The embedded PostgreSQL ended at once. Its log: ${logOf(runner)}`);
    await sleep(20);
  }
}

/** Nothing of ours: PGDATA, PGPORT and their like would confuse it, and it needs no secret. */
const cleanEnvironment = (): NodeJS.ProcessEnv => ({
  NODE_ENV: process.env.NODE_ENV,
  PATH: process.env.PATH,
  SystemRoot: process.env.SystemRoot,
  LC_ALL: "C",
  TZ: "UTC",
});

/** The URL of the server of this data directory if it runs and lets us in, else null. */
async function running(dataDir: string, runner: Runner): Promise<string | null> {
  const pid = await readPid(runner.data);
  if (!pid?.port || !isPostgres(pid.pid)) return null;
  const password = await fs.readFile(join(dataDir, "postgres.password"), "utf8").catch(() => null);
  if (!password) return null;
  const url = new URL(`postgres://${USER}@127.0.0.1:${pid.port}/${DATABASE}`);
  url.password = password;
  return (await admits(url)) ? url.href : null;
}

async function admits(url: URL): Promise<boolean> {
  const admin = new URL(url);
  admin.pathname = "/postgres";
  return withClient(admin.href, async (client) => {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`).catch(ignore("42P04", "23505"));
    return true;
  }).catch(() => false);
}

/** A connection that stays open while we are here, so that whoever leaves sees us even while our pool is empty. */
async function stay(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, application_name: "licet_launcher" });
  client.on("error", () => {}); // an ending server ends its connections
  await client.connect();
  return client;
}

/** Joining takes the same lock: nobody joins between the count and the stop. */
async function leave(url: string, runner: Runner, lockFile: string, presence: pg.Client): Promise<void> {
  await presence.end().catch(() => {});
  // A folder that is gone needs no lock: nobody can join any more.
  const tryLock = () => lock(lockFile).catch((error: NodeJS.ErrnoException) => (ignore("ENOENT")(error), async () => {}));
  let unlock = await tryLock();
  for (let i = 0; !unlock && i < 500; i++) {
    await sleep(20);
    unlock = await tryLock();
  }
  if (!unlock) return; // whoever has held it for so long is starting it, and leaves later
  try {
    if (!(await isLast(url))) return;
    const pid = await readPid(runner.data);
    if (!pid || !isPostgres(pid.pid)) return;
    process.kill(pid.pid, "SIGINT"); // fast shutdown: rolls back what is open, writes a checkpoint
    for (let i = 0; i < 500 && isPostgres(pid.pid); i++) await sleep(20);
  } finally {
    await unlock();
  }
}

/** Looks again before it says no: a connection that was just closed is listed a little longer. */
async function isLast(url: string): Promise<boolean> {
  for (let look = 1; look <= 3; look++) {
    const others = await withClient(url, async (client) => {
      const { rows } = await client.query<{ others: number }>(
        "select count(*)::int as others from pg_stat_activity where application_name like 'licet%' and pid <> pg_backend_pid()",
      );
      return rows[0]?.others;
    }).catch(() => null); // gone already
    if (!others) return others === 0;
    await sleep(50);
  }
  return false;
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000, application_name: "licet_launcher" });
  client.on("error", () => {}); // an ending server ends its connections; the query that needed one says so
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Longer than anybody holds it: then its process is gone, and the number is another one's by now. */
const LOCK_MS = 2 * START_TIMEOUT_MS;
/** By this process. */
const held = new Set<string>();

/** Exclusive by file creation; a lock whose process is gone is taken over. Null: somebody else holds it. */
async function lock(path: string): Promise<(() => Promise<void>) | null> {
  if (held.has(path)) return null;
  held.add(path);
  try {
    await fs.writeFile(path, String(process.pid), { flag: "wx", mode: 0o600 });
    return async () => {
      await fs.rm(path, { force: true });
      held.delete(path);
    };
  } catch (error) {
    held.delete(path);
    ignore("EEXIST")(error as NodeJS.ErrnoException);
  }
  const text = await fs.readFile(path, "utf8").catch(() => null);
  const madeAt = await fs.stat(path).then(
    (file) => file.mtimeMs,
    () => Infinity,
  );
  if (text !== null && isAbandoned(Number(text), Date.now() - madeAt)) await takeAway(path, text);
  return null;
}

/** Empty: cut off while it was made. Our own number, and not ours: in a container each start gets the same one. */
function isAbandoned(holder: number, age: number): boolean {
  if (holder === process.pid) return true;
  return holder > 0 ? !isAlive(holder) || age > LOCK_MS : age > 5000;
}

/** By renaming, which succeeds for one of several; what turns out to be somebody's new lock is put back. */
async function takeAway(path: string, text: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await fs.rename(path, aside);
  } catch (error) {
    return ignore("ENOENT")(error as NodeJS.ErrnoException);
  }
  if ((await fs.readFile(aside, "utf8")) !== text) await fs.link(aside, path).catch(ignore("EEXIST"));
  await fs.rm(aside, { force: true });
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? done(address.port) : fail(new Error("no port"))));
    });
  });
}
