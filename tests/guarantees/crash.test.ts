import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Approval } from "@/lib/approvals/schema";
import { startServer, type ServerProcess } from "@/tests/support/process";
import { World, type Agent, type Person } from "@/tests/support/world";

const CYCLES = 5;
const CLIENTS = 16;

let world: World;
let kim: Person;
let agent: Agent;

beforeAll(async () => {
  world = await World.start();
  kim = await world.person("Kim", ["approver"]);
  agent = await world.agent("support-bot", await world.person("Olga", ["owner"]));
  // A second level that nobody reaches in time: silence closes no tool, so that the agent may go on asking.
  await world.policy("version: 1\ntimeout: {high: 10s}\nmemory: off\nlimits: {minute: 1000000, day: 1000000, pending: 100000}\n");
  await world.chain("default", [{ people: [kim], after: 9 }, { people: [await world.person("Lee", ["approver"])] }]);
});
afterAll(() => world.stop());

const BODY = { reason: "asked", session_id: "s" };

const ask = (server: ServerProcess, json: object, key: string) =>
  fetch(`${server.url}/api/v1/approvals`, {
    method: "POST",
    headers: { authorization: `Bearer ${agent.key}`, "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ ...BODY, ...json }),
  });

const aRefund = (amount: number) => ({ tool: "orders.refund", arguments: { id: "o_1", amount } });

const statesOf = async (ids: string[]) => {
  const rows = await world.sql<{ id: string; state: string }>("select id, state from requests where id = any ($1)", [ids]);
  return new Map(rows.map(({ id, state }) => [id, state]));
};

describe("kill -9 of the server", () => {
  it("loses nothing it has answered: every pending request is there after the restart, and can be decided", async () => {
    const asked = new Map<string, string>();
    const decided = new Map<string, string>();
    let server = await startServer(world.database.adminUrl);
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      const current = server;
      let killed = false;
      // Each asks and has every third decided, until the server dies under it.
      const clients = Array.from({ length: CLIENTS }, async (_, client) => {
        for (let i = 0; !killed; i++) {
          const key = `${cycle}-${client}-${i}`;
          try {
            const response = await ask(current, aRefund(Number(`${cycle}${client}${i}`)), key);
            expect(response.status).toBe(201);
            const approval = (await response.json()) as Approval;
            asked.set(key, approval.id);
            if (i % 3) continue;
            const decision = await fetch(`${current.url}${approval.links.self}/decision`, {
              method: "POST",
              headers: { cookie: kim.cookie, "content-type": "application/json", "if-match": '"1"' },
              body: JSON.stringify({ verdict: i % 2 ? "approve" : "deny", digest: approval.action_digest }),
            });
            expect(decision.status).toBe(200);
            decided.set(approval.id, ((await decision.json()) as Approval).status);
          } catch (error) {
            if (!(error instanceof TypeError)) throw error; // the connection broke
            expect(killed).toBe(true);
          }
        }
      });
      const before = asked.size;
      await expect.poll(() => asked.size, { timeout: 20_000 }).toBeGreaterThan(before + 100);
      killed = true;
      await current.kill();
      await Promise.all(clients);

      const states = await statesOf([...asked.values()]);
      expect(states.size).toBe(asked.size);
      for (const [id, status] of decided) expect(states.get(id)).toBe(status);
      server = await startServer(world.database.adminUrl);
      // Sent again with its key: the same request, whoever answers.
      for (const [key, id] of [...asked].slice(-20)) {
        const [, client, i] = key.split("-");
        const again = (await (await ask(server, aRefund(Number(`${cycle}${client}${i}`)), key)).json()) as Approval;
        expect(again.id).toBe(id);
      }
    }
    const states = await statesOf([...asked.values()]);
    const [pending] = [...asked.values()].filter((id) => states.get(id) === "pending");
    expect((await world.decide(kim, await world.read(pending ?? "", kim), "approve")).status).toBe(200);
    console.log(`crash: ${CYCLES} kills, ${asked.size} acknowledged requests, ${decided.size} acknowledged decisions, none lost`);
    await server.stop();
  });

  it("denies after the restart what ran out meanwhile, without anybody looking, and lets the rest wait on", async () => {
    const first = await startServer(world.database.adminUrl);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        ask(first, i % 2 ? { tool: "users.delete", arguments: { id: `u_${i}` } } : aRefund(1_000_000 + i), `overdue-${i}`),
      ),
    );
    const approvals = await Promise.all(answers.map(async (answer) => (await answer.json()) as Approval));
    await first.kill();
    await world.moveClock(11);
    const ids = (risk: string) => approvals.filter((approval) => approval.risk.level === risk).map(({ id }) => id);
    expect(new Set((await statesOf(ids("high"))).values())).toEqual(new Set(["pending"]));
    const second = await startServer(world.database.adminUrl);
    await expect.poll(async () => [...new Set((await statesOf(ids("high"))).values())], { timeout: 20_000 }).toEqual(["expired"]);
    expect([...new Set((await statesOf(ids("medium"))).values())]).toEqual(["pending"]);
    await second.stop();
  });
});

describe("SIGTERM", () => {
  it("answers who waits with the present state, finishes, and ends with 0", async () => {
    const server = await startServer(world.database.adminUrl);
    const approval = (await (await ask(server, aRefund(2_000_000), "waits")).json()) as Approval;
    const headers = { authorization: `Bearer ${agent.key}` };
    const waiting = fetch(`${server.url}${approval.links.self}`, { headers: { ...headers, prefer: "wait=50" } });
    // Answered after the one before it was taken up.
    await fetch(`${server.url}${approval.links.self}`, { headers });
    expect(await server.stop()).toBe(0);
    expect(await (await waiting).json()).toMatchObject({ status: "pending" });
  });
});
