import { afterAll, beforeAll, expect, it } from "vitest";
import type { Approval } from "@/lib/approvals/schema";
import { startServer, type ServerProcess } from "@/tests/support/process";
import { World, type Agent, type Person } from "@/tests/support/world";

/** Two server processes, and with them two schedulers, on one database. */
const REQUESTS = 1_200;

let world: World;
let servers: ServerProcess[];
let people: Person[];
let agent: Agent;

beforeAll(async () => {
  world = await World.start();
  people = [await world.person("Ana"), await world.person("Ben"), await world.person("Cleo")];
  const [ana, ben, cleo] = people;
  if (!ana || !ben || !cleo) throw new Error("people");
  agent = await world.agent("support-bot", await world.person("Olga", ["owner"]));
  await world.chain("default", [{ people: [ana], after: 60 }, { people: [ben], after: 60 }, { people: [cleo] }]);
  await world.moveClock(0);
  servers = await Promise.all([startServer(world.database.adminUrl), startServer(world.database.adminUrl)]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  await world.stop();
});

const count = async (where: string) => (await world.sql<{ n: number }>(`select count(*)::int as n from requests where ${where}`))[0]?.n;

const moves = () =>
  world.sql<{ event: string; to: string | null; n: number }>(
    `select event, detail ->> 'to' as "to", count(*)::int as n from audit_records
     where event in ('approval.escalated', 'approval.expired') group by event, detail ->> 'to' order by 1, 2`,
  );

it("escalates and expires each request exactly once, although both look at the same moment", async () => {
  const asking = Array.from({ length: 16 }, async (_, client) => {
    for (let i = client; i < REQUESTS; i += 16) {
      const server = servers[i % 2];
      const response = await fetch(`${server?.url}/api/v1/approvals`, {
        method: "POST",
        headers: { authorization: `Bearer ${agent.key}`, "content-type": "application/json" },
        body: JSON.stringify({ tool: "users.delete", arguments: { id: `u_${i}` }, reason: "r", session_id: "s" }),
      });
      expect(response.status).toBe(201);
    }
  });
  await Promise.all(asking);
  expect(await count("state = 'pending' and level = 1")).toBe(REQUESTS);

  const later = { timeout: 60_000, interval: 100 };
  await world.moveClock(60);
  await expect.poll(() => count("level = 2"), later).toBe(REQUESTS);
  await world.moveClock(60);
  await expect.poll(() => count("level = 3"), later).toBe(REQUESTS);
  await world.moveClock(180);
  await expect.poll(() => count("state = 'expired'"), later).toBe(REQUESTS);
  expect(await moves()).toEqual([
    { event: "approval.escalated", to: "2", n: REQUESTS },
    { event: "approval.escalated", to: "3", n: REQUESTS },
    { event: "approval.expired", to: null, n: REQUESTS },
  ]);
  // Told once at each level, and each notification ended.
  const outbox = await world.sql<{ level: number; n: number }>(
    "select level, count(*)::int as n from outbox group by level order by level",
  );
  expect(outbox).toEqual([1, 2, 3].map((level) => ({ level, n: REQUESTS })));
  await expect.poll(async () => (await world.sql("select from outbox where settled_at is null")).length, later).toBe(0);
});

it("answers with one request when the same Idempotency-Key reaches both at once", async () => {
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const response = await fetch(`${servers[i % 2]?.url}/api/v1/approvals`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${agent.key}`,
            "content-type": "application/json",
            "idempotency-key": `both-${round}`,
          },
          body: JSON.stringify({ tool: "orders.refund", arguments: { id: "o", amount: round }, reason: "r", session_id: "both" }),
        });
        expect(response.status).toBe(201);
        return ((await response.json()) as Approval).id;
      }),
    );
    expect(new Set(answers).size).toBe(1);
  }
});

it("wakes who waits at one process when the decision is made at the other", async () => {
  const [one, two] = servers;
  const [ana] = people;
  const { body } = await agent.ask({ tool: "orders.refund", arguments: { id: "o_1" } });
  const waiting = fetch(`${one?.url}${body.links.self}`, { headers: { authorization: `Bearer ${agent.key}`, prefer: "wait=50" } });
  const decision = await fetch(`${two?.url}${body.links.self}/decision`, {
    method: "POST",
    headers: { cookie: ana?.cookie ?? "", "content-type": "application/json", "if-match": '"1"' },
    body: JSON.stringify({ verdict: "approve", digest: body.action_digest }),
  });
  expect(decision.status).toBe(200);
  expect(await (await waiting).json()).toMatchObject({ status: "approved" });
});

it("goes on when one of the two is killed", async () => {
  const { body } = await agent.ask({ tool: "orders.refund", arguments: { id: "o_2" } });
  await servers[0]?.kill();
  await world.moveClock(900);
  await expect
    .poll(async () => (await world.sql<{ state: string }>("select state from requests where id = $1", [body.id]))[0]?.state, {
      timeout: 20_000,
    })
    .toBe("expired");
});
