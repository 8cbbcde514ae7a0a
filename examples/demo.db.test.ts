import { spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { TEST_SECRET } from "@/tests/support/database";
import { World, type Person } from "@/tests/support/world";

// It prepares as on a fresh clone, and starts the command line.
vi.setConfig({ testTimeout: 120_000 });

const root = resolve(import.meta.dirname, "..");
let world: World;

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "licet-demo-"));
  await chmod(dataDir, 0o711); // so that under root the embedded database's user reaches it
  world = await World.start();
});
afterAll(async () => {
  await world.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** `npm run demo`; each link to a review page it prints is followed by `review`. */
async function demo(review: (id: string) => Promise<void> = async () => {}, environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(root, "scripts/demo.mjs"), "--once"], {
    cwd: tmpdir(),
    env: {
      ...process.env,
      LICET_PUBLIC_URL: world.url,
      LICET_DATA_DIR: dataDir,
      DATABASE_URL: world.database.adminUrl,
      LICET_SECRET: TEST_SECRET,
      ...environment,
    },
  });
  let out = "";
  let err = "";
  const seen = new Set<string>();
  const reviews: Promise<void>[] = [];
  child.stdout.on("data", (data: Buffer) => {
    out += data.toString();
    for (const [, id = ""] of out.matchAll(/\/approvals\/([0-9a-f-]{36})\n/g)) {
      if (!seen.has(id)) reviews.push(review(id));
      seen.add(id);
    }
  });
  child.stderr.on("data", (data: Buffer) => (err += data.toString()));
  const code = await new Promise((done) => child.once("close", done));
  await Promise.all(reviews);
  return { code, out, err };
}

const decide = (person: Person, denied: string) => async (id: string) => {
  const asked = await world.read(id, person);
  const answer = await world.decide(person, asked, asked.tool === denied ? "deny" : "approve");
  expect(answer.status, await answer.text()).toBe(200);
};

describe("npm run demo", () => {
  it("says to start Licet first where none answers", async () => {
    const { code, err } = await demo(undefined, { LICET_PUBLIC_URL: "http://127.0.0.1:9" });
    expect({ code, err }).toEqual({
      code: 1,
      err: "No Licet answers at http://127.0.0.1:9. Start it first, in another terminal: npm start\n",
    });
  });

  it("says to open the set-up link while nobody can decide, and makes nothing", async () => {
    const { code, err } = await demo();
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("open the set-up link") });
    expect(await world.sql("select from agents")).toHaveLength(0);
  });

  it("works through its tickets with a newcomer's decisions, and ends; a second run keeps the key", async () => {
    const newcomer = await world.person("Nova", ["admin", "approver"]);
    const first = await demo(decide(newcomer, "mails.send"));
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: "" });
    expect(first.out).toContain("6 calls made, 2 refused.");
    expect(first.out).toContain(`${world.url}/inbox?tab=done`);
    const file = join(dataDir, "demo-key");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const key = await readFile(file, "utf8");
    expect(first.out).not.toContain(key);

    const second = await demo(decide(newcomer, "orders.refund"));
    expect(second.code, second.err).toBe(0);
    expect(await readFile(file, "utf8")).toBe(key);
    expect(await world.sql("select from agent_keys")).toHaveLength(1);
  });

  it("says so when the server works on other data", async () => {
    const strange = createServer((request, response) => response.writeHead(request.url === "/healthz" ? 200 : 401).end("{}"));
    await new Promise<void>((done) => strange.listen(0, "127.0.0.1", done));
    onTestFinished(() => void strange.close());
    const { port } = strange.address() as AddressInfo;
    const { code, err } = await demo(undefined, { LICET_PUBLIC_URL: `http://127.0.0.1:${port}` });
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("works on other data") });
  });
});
