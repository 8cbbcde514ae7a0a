import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { openTestDatabase, TEST_SECRET, type TestDatabase } from "@/tests/support/database";

// Each command is a process of its own, seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const root = resolve(import.meta.dirname, "..");

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** The real command as its own process; `bundle` is what `cli/licet.mjs` runs after preparing. */
function run(program: string, parameters: string[], { input = "", env = {}, cwd = folder }: Options = {}): Promise<Ran> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, program), ...parameters], {
      cwd,
      env: { ...process.env, LICET_ROOT: root, LICET_LOG_LEVEL: "silent", ...database, ...env },
    });
    let out = "";
    let err = "";
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (err += data.toString()));
    child.once("error", fail);
    child.once("close", (code) => done({ code, out, err }));
    child.stdin.end(input);
  });
}

interface Options {
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
}

const licet = (parameters: string[], options?: Options) => run("dist/cli.mjs", parameters, options);

/** With --json; what must be alone on stdout is parsed whole. */
async function json(parameters: string[], options?: Options): Promise<unknown> {
  const { code, out, err } = await licet([...parameters, "--json"], options);
  expect({ code, err }, err).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}

/** Refused: nothing on stdout, why on stderr. */
async function refused(code: number, parameters: string[], options?: Options): Promise<string> {
  const ran = await licet(parameters, options);
  expect({ code: ran.code, out: ran.out }, ran.err).toEqual({ code, out: "" });
  return ran.err;
}

let folder: string;
let test: TestDatabase;
let database: { DATABASE_URL: string; LICET_SECRET: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "licet-cli-"));
  await chmod(folder, 0o711); // so that under root the embedded database's user reaches it, and its data is in here
  test = await openTestDatabase();
  database = { DATABASE_URL: test.adminUrl, LICET_SECRET: TEST_SECRET };
  // Prepares as on a fresh clone, and bundles dist/cli.mjs; also the proof that it starts from anywhere.
  const help = await run("cli/licet.mjs", ["--help"]);
  expect(help.code, help.err).toBe(0);
  expect(help.out).toContain("Usage: licet");
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

const rows = async <Row extends object>(text: string, values: unknown[] = []) => (await test.admin.query<Row>(text, values)).rows;
const manifest = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return name;
};

const add = (email: string, roles: string, more: string[] = [], input = "violet-otter-sings\n") =>
  json(["people", "add", "--email", email, "--name", email.split("@")[0] ?? "", "--role", roles, ...more], { input });

const ID = /^[0-9a-f-]{36}$/;
const PASSWORD = ["--password-stdin"];

describe("licet people", () => {
  it("adds a person with a password, of which one line's end is not a part, and answers the id alone", async () => {
    const answer = await add("kim@example.org", "approver,admin", PASSWORD);
    expect(answer).toEqual({ id: expect.stringMatching(ID) });
    const { verifySignIn } = await import("@/lib/people/sign-in");
    expect(await verifySignIn("kim@example.org", "violet-otter-sings", "127.0.0.1")).toMatch(ID);
    expect(await json(["people", "list"])).toMatchObject({
      people: [{ email: "kim@example.org", roles: ["approver", "admin"], status: "active", signs_in: true }],
    });
  });

  it("adds a person without a password, for single sign-on, and says so", async () => {
    const { code, out } = await licet(["people", "add", "--email", "ken@example.org", "--name", "Ken", "--role", "owner"]);
    expect(code).toBe(0);
    expect(out).toBe("Ken was added and signs in by single sign-on.\n");
    const [account] = await rows("select password_hash from accounts where email = 'ken@example.org'");
    expect(account).toEqual({ password_hash: null });
  });

  it("sets a password and ends the person's sessions", async () => {
    const [account] = await rows<{ id: string }>("select id from accounts where email = 'kim@example.org'");
    const { openSession } = await import("@/lib/people/session");
    await openSession(account?.id ?? "", "test");
    expect(
      await json(["people", "set-password", "--email", "KIM@example.org", "--password-stdin"], { input: "amber-heron-rests\r\n" }),
    ).toEqual({});
    const { verifySignIn } = await import("@/lib/people/sign-in");
    expect(await verifySignIn("kim@example.org", "amber-heron-rests", "127.0.0.1")).toBe(account?.id);
    expect(await verifySignIn("kim@example.org", "violet-otter-sings", "127.0.0.1")).toBeNull();
    expect(await rows("select from sessions where account_id = $1 and ended_at is null", [account?.id])).toHaveLength(0);
    expect(await refused(1, ["people", "set-password", "--email", "no@example.org", "--password-stdin"], { input: "x" })).toMatch(
      /no such person/,
    );
  });

  it("refuses a weak password, an e-mail that is taken, and adds nobody", async () => {
    const before = await rows("select id from people");
    const person = (email: string) => ["people", "add", "--email", email, "--name", "X", "--role", "approver", "--password-stdin"];
    expect(await refused(1, person("new@example.org"), { input: "short" })).toMatch(/too easy to guess.*\nUse at least 12 characters/);
    expect(await refused(1, person("new@example.org"), { input: "" })).toMatch(/at least 12/);
    expect(await refused(1, person("kim@example.org"), { input: "violet-otter-sings" })).toMatch(/Nothing was added/);
    expect(await rows("select id from people")).toEqual(before);
  });

  it.each([
    ["an unknown role", ["--email", "a@example.org", "--name", "A", "--role", "boss"], /Name one or several of owner, approver/],
    ["an e-mail that is none", ["--email", "a", "--name", "A", "--role", "owner"], /--email is not an e-mail address/],
    ["a missing option", ["--email", "a@example.org", "--role", "owner"], /--name/],
    ["an option it does not know", ["--email", "a@example.org", "--name", "A", "--role", "owner", "--boss"], /--boss/],
  ])("calls %s a command typed wrongly", async (_what, options, words) => {
    expect(await refused(2, ["people", "add", ...options])).toMatch(words);
  });
});

describe("licet agents and keys", () => {
  it("registers an agent, with what it must never be granted", async () => {
    const options = ["--name", "support-bot", "--owner", "Ken@example.org", "--responsibility", "Answers tickets."];
    expect(await json(["agents", "add", ...options, "--out-of-scope", "payments.*, admin.*"])).toEqual({ id: expect.stringMatching(ID) });
    expect(await json(["agents", "list"])).toMatchObject({
      agents: [{ name: "support-bot", owner_name: "Ken", out_of_scope: ["payments.*", "admin.*"], status: "active" }],
    });
  });

  it("refuses an owner who is not there, a name that is taken, a name that is none", async () => {
    const agent = (name: string, owner: string) => ["agents", "add", "--name", name, "--owner", owner, "--responsibility", "Answers."];
    expect(await refused(1, agent("bot", "nobody@example.org"))).toMatch(/no person nobody@example.org.*licet people add/);
    expect(await refused(1, agent("support-bot", "ken@example.org"))).toMatch(/Nothing was registered/);
    expect(await refused(2, agent("Bot!", "ken@example.org"))).toMatch(/is not a name/);
    expect(await rows("select name from agents")).toEqual([{ name: "support-bot" }]);
  });

  it("makes a key, shown once and kept only as a hash, and revokes it", async () => {
    const first = (await json(["keys", "create", "--agent", "support-bot"])) as { id: string; key: string };
    expect(first.key).toMatch(new RegExp(`^licet_${first.id}_\\w{43}_\\w{6}$`));
    const secret = first.key.split("_")[2] ?? "";
    const [kept] = await rows<{ text: string }>(
      "select (select json_agg(k) from key_directory k)::text || (select json_agg(a) from audit_records a)::text as text",
    );
    expect(kept?.text).toContain(first.id);
    expect(kept?.text).not.toContain(secret);
    const { authenticateKey } = await import("@/lib/credentials/agent-keys");
    expect(await authenticateKey(first.key, false)).toMatchObject({ keyId: first.id });

    await json(["keys", "create", "--agent", "support-bot"]);
    expect(await refused(1, ["keys", "create", "--agent", "support-bot"])).toMatch(/two keys at most/);
    const listed = await licet(["keys", "list", "--agent", "support-bot"]);
    expect(listed.out).toContain(first.id);
    expect(listed.out).not.toContain(secret);

    expect(await json(["keys", "revoke", "--id", first.id])).toEqual({});
    expect(await authenticateKey(first.key, false)).toBeNull();
    expect(await refused(1, ["keys", "revoke", "--id", first.id])).toMatch(/revoked before/);
    expect(await refused(1, ["keys", "create", "--agent", "nobody"])).toMatch(/no agent nobody.*licet agents add/);
  });
});

const TOOL = "{ name: tickets.read, action: read, impact: record, reversibility: reversible, justification: it must read }";
const GRANT = "{ agent: support-bot, tool: tickets.read, justification: its purpose }";

describe("licet apply", () => {
  it("without --yes and nobody to ask: shows what would change, changes nothing, says to pass --yes", async () => {
    const file = await manifest("licet.yaml", `version: 1\ntools:\n  - ${TOOL}\ngrants:\n  - ${GRANT}\n`);
    const before = await rows("select count(*)::int as n from audit_records");
    const { code, out, err } = await licet(["apply", "-f", file, "--json"]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("--yes") });
    expect(JSON.parse(out)).toMatchObject({
      applied: false,
      changes: [
        { kind: "tool", name: "tickets.read", change: "added" },
        { kind: "grant", name: "support-bot → tickets.read", change: "added" },
      ],
    });
    expect(await rows("select from tools")).toHaveLength(0);
    expect(await rows("select count(*)::int as n from audit_records")).toEqual(before);
  });

  it("with --yes applies, and a second time finds nothing to change", async () => {
    const first = await json(["apply", "-f", "licet.yaml", "--yes"]);
    expect(first).toMatchObject({ applied: true, changes: [{ change: "added" }, { change: "added" }], warnings: [] });
    const before = await rows("select count(*)::int as n from audit_records");
    const again = { changes: [{ change: "unchanged" }, { change: "unchanged" }] };
    expect(await json(["apply", "-f", "licet.yaml", "--yes"])).toMatchObject({ applied: true, ...again });
    expect(await json(["apply", "-f", "licet.yaml"])).toMatchObject({ applied: false, ...again });
    expect(await rows("select count(*)::int as n from audit_records")).toEqual(before);
  });

  it("says where a file is wrong, by line and column", async () => {
    const bad = await manifest(
      "bad.yaml",
      `version: 1\ntools:\n  - ${TOOL}\n  - { name: x, action: destroy, impact: record, reversibility: reversible }\n`,
    );
    expect(await refused(1, ["apply", "-f", bad, "--yes"])).toMatch(/Nothing was changed\.\nline 4, column \d+: tools\.1\.action/);
    const notYaml = await manifest("not.yaml", "version: 1\ntools: [\n");
    expect(await refused(1, ["apply", "-f", notYaml, "--yes"])).toMatch(/line [23], column \d+/);
    expect(await refused(1, ["apply", "-f", "nowhere.yaml", "--yes"])).toMatch(/nowhere.yaml: there is no such file/);
    expect(await refused(2, ["apply", "--yes"])).toMatch(/--file/);
  });
});

describe("every command", () => {
  it("is recorded as the operator's", async () => {
    const records = await rows<{ event: string; actor_kind: string }>(
      "select distinct event, actor_kind from audit_records where event like 'config.%' or event = 'session.password_changed'",
    );
    // The policy of a fresh database is the first start's.
    const kinds = records.filter(({ event }) => event !== "config.policies.insert");
    expect(kinds.map(({ event }) => event)).toEqual(
      expect.arrayContaining([
        "config.agent_keys.insert",
        "config.agent_keys.update",
        "config.agents.insert",
        "config.grants.insert",
        "config.people.insert",
        "config.tools.insert",
        "session.password_changed",
      ]),
    );
    expect(new Set(kinds.map(({ actor_kind }) => actor_kind))).toEqual(new Set(["operator"]));
  });

  it("has a help with an example", async () => {
    const people = ["people add", "people set-password", "people list"];
    const agents = ["agents add", "agents list", "keys create", "keys list", "keys revoke"];
    const helps = [...people, ...agents, "apply"].map(async (command) => ({
      command,
      ...(await licet([...command.split(" "), "--help"])),
    }));
    for (const { command, code, out } of await Promise.all(helps)) {
      expect({ command, code }).toEqual({ command, code: 0 });
      expect(out).toContain(`npx licet ${command}`);
    }
  });

  it("says which variable is wrong, and when the database is not there, without its password", async () => {
    expect(await refused(1, ["people", "list"], { env: { LICET_PORT: "x" } })).toMatch(/LICET_PORT: expected/);
    const away = "postgres://licet:hidden-word@127.0.0.1:1/licet";
    const said = await refused(1, ["people", "list"], { env: { DATABASE_URL: away } });
    expect(said).toMatch(/could not be reached.*ECONNREFUSED[^]*DATABASE_URL/);
    expect(said).not.toContain("hidden-word");
  });
});

describe("on the embedded database", () => {
  const embedded = (dataDir: string) => ({ env: { DATABASE_URL: "", LICET_SECRET: "", LICET_DATA_DIR: dataDir } });
  const runs = (dataDir: string) => spawnSync("ps", ["-eo", "args"], { encoding: "utf8" }).stdout.includes(`-D ${dataDir}/postgres`);

  it("works before the first start, several commands at once, and the last one out stops it", async () => {
    const dataDir = join(folder, "fresh");
    const options = embedded(dataDir);
    const names = ["ann", "bea", "cem", "dan"];
    const added = await Promise.all(
      names.map((name) => licet(["people", "add", "--email", `${name}@example.org`, "--name", name, "--role", "approver"], options)),
    );
    expect(added.map(({ code, err }) => ({ code, err }))).toEqual(names.map(() => ({ code: 0, err: "" })));
    expect(runs(dataDir)).toBe(false);
    const { people } = (await json(["people", "list"], options)) as { people: { name: string }[] };
    expect(people.map(({ name }) => name)).toEqual(names);
    expect(runs(dataDir)).toBe(false);
  });

  it("works beside a running process of Licet, and leaves it its database", async () => {
    const dataDir = join(folder, "fresh");
    const options = embedded(dataDir);
    const worker = spawn(process.execPath, [join(root, "dist/worker.mjs")], {
      env: { ...process.env, LICET_ROOT: root, ...options.env },
    });
    const ended = new Promise((done) => worker.once("close", done));
    onTestFinished(() => void worker.kill("SIGTERM"));
    await new Promise<void>((done, fail) => {
      worker.stdout.on("data", (data: Buffer) => data.includes("worker is running") && done());
      worker.once("close", () => fail(new Error("the worker ended")));
    });
    await json(["people", "list"], options);
    expect(runs(dataDir)).toBe(true);
    expect(worker.exitCode).toBeNull();
    worker.kill("SIGTERM");
    await ended;
    expect(runs(dataDir)).toBe(false);
  });
});
