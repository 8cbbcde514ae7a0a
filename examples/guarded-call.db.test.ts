import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { World, type Agent, type Person } from "@/tests/support/world";
import type { Approval } from "@/lib/approvals/schema";

vi.setConfig({ testTimeout: 60_000 });

let world: World;
let kim: Person;
let agent: Agent;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "licet-guarded-"));
  world = await World.start();
  kim = await world.person("Kim", ["approver"]);
  agent = await world.agent("bot", await world.person("Olga", ["owner"]));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

type Guarded = (tool: string, marker: string, licet?: { url: string; key: string }) => Promise<{ acted: boolean; said: string }>;

const has = (program: string, ...options: string[]) => spawnSync(program, options, { stdio: "ignore" }).status === 0;
const example = (name: string) => join(import.meta.dirname, name);
const ARGUMENTS = { id: "u_1" };

/** The example as its own process; "acting" is making a file. */
const process_ =
  (command: (tool: string, path: string) => [string, ...string[]]): Guarded =>
  async (tool, marker, licet = { url: world.url, key: agent.key }) => {
    const [program, ...options] = command(tool, join(folder, marker));
    const child = spawn(program, options, { env: { ...process.env, LICET_URL: licet.url, LICET_KEY: licet.key } });
    let said = "";
    child.stdout.on("data", (data: Buffer) => (said += data.toString()));
    child.stderr.on("data", (data: Buffer) => (said += data.toString()));
    const code = await new Promise((done) => child.once("close", done));
    const acted = (await readdir(folder)).includes(marker);
    expect(code === 0).toBe(acted);
    return { acted, said };
  };

const PYTHON = `
import json, runpy, sys
guarded = runpy.run_path(sys.argv[1])["guarded"]
guarded(sys.argv[2], json.loads(sys.argv[3]), "a test", lambda: open(sys.argv[4], "w").close())`;

const LANGUAGES: { language: string; ready: boolean; guarded: Guarded }[] = [
  {
    language: "TypeScript",
    ready: true,
    guarded: async (tool, _marker, licet = { url: world.url, key: agent.key }) => {
      vi.stubEnv("LICET_URL", licet.url);
      vi.stubEnv("LICET_KEY", licet.key);
      vi.resetModules();
      const { guarded } = await import("./guarded-call");
      let acted = false;
      const act = () => {
        acted = true;
        return Promise.resolve();
      };
      const said = await guarded(tool, ARGUMENTS, "a test", act).then(() => "", String);
      return { acted, said };
    },
  },
  {
    language: "Python",
    ready: has("python3", "--version"),
    guarded: process_((tool, path) => ["python3", "-c", PYTHON, example("guarded-call.py"), tool, JSON.stringify(ARGUMENTS), path]),
  },
  {
    language: "curl",
    ready: has("curl", "--version") && has("jq", "--version"),
    guarded: process_((tool, path) => ["sh", example("guarded-call.sh"), tool, JSON.stringify(ARGUMENTS), "a test", "touch", path]),
  },
];

/** A person decides the one request that waits. */
async function decideNext(verdict: "approve" | "deny"): Promise<void> {
  const { id } = await vi.waitFor(
    async () => {
      const { items } = (await (await kim.fetch("/api/v1/approvals?status=pending")).json()) as { items: { id: string }[] };
      if (!items[0]) throw new Error("nothing waits yet");
      return items[0];
    },
    { timeout: 20_000, interval: 50 },
  );
  const asked: Approval = await world.read(id, kim);
  const answer = await world.decide(kim, asked, verdict);
  expect(answer.status, await answer.text()).toBe(200);
}

for (const { language, ready, guarded } of LANGUAGES) {
  describe.runIf(ready)(`a guarded call in ${language}`, () => {
    it("acts at once on what policy allows", async () => {
      expect(await guarded("tickets.read", `${language}-read`)).toMatchObject({ acted: true });
    });

    it("waits for a person, and acts after their yes", async () => {
      const [call] = await Promise.all([guarded("orders.refund", `${language}-yes`), decideNext("approve")]);
      expect(call).toMatchObject({ acted: true });
    });

    it("does not act after their no, nor without a grant, nor with a key that is none, nor without an answer", async () => {
      const [call] = await Promise.all([guarded("users.delete", `${language}-no`), decideNext("deny")]);
      expect(call).toMatchObject({ acted: false, said: expect.stringContaining("not permitted") });
      expect(await guarded("no.such.tool", `${language}-unknown`)).toMatchObject({
        acted: false,
        said: expect.stringContaining("unknown_tool"),
      });
      expect(await guarded("tickets.read", `${language}-key`, { url: world.url, key: "licet_none" })).toMatchObject({ acted: false });
      expect(await guarded("tickets.read", `${language}-away`, { url: "http://127.0.0.1:9", key: agent.key })).toMatchObject({
        acted: false,
      });
    });
  });
}
