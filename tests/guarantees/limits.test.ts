import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startServer, type ServerProcess } from "@/tests/support/process";
import { World, type Agent } from "@/tests/support/world";

/** Limits and sums are exact on two server processes: hundreds ask at once, just what fits is let through. */
let world: World;
let servers: ServerProcess[];
let agent: Agent;

beforeAll(async () => {
  world = await World.start();
  const ana = await world.person("Ana");
  await world.chain("default", [{ people: [ana] }]);
  agent = await world.agent("support-bot", await world.person("Olga", ["owner"]));
  // A minute has two windows; with the clock standing still only one of them plays.
  await world.freezeClock();
  servers = await Promise.all([startServer(world.database.adminUrl), startServer(world.database.adminUrl)]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  await world.stop();
});

const CALLS = 400;

/**
 * Every other call goes to the other process. Spread over a moment, because what arrives together goes to the database
 * together: so many small groups of both processes overlap (without the counters' locks both tests fail).
 */
const ask = (call: (i: number) => object) =>
  Promise.all(
    Array.from({ length: CALLS }, async (_, i) => {
      await sleep(Math.random() * 150);
      const response = await fetch(`${servers[i % 2]?.url}/api/v1/approvals`, {
        method: "POST",
        headers: { authorization: `Bearer ${agent.key}`, "content-type": "application/json" },
        body: JSON.stringify({ reason: "r", session_id: `s_${i}`, ...call(i) }),
      });
      const body = (await response.json()) as { status?: unknown };
      return response.status === 201 ? body.status : response.status;
    }),
  );
const count = (answers: unknown[], answer: unknown) => answers.filter((each) => each === answer).length;

it("lets exactly the minute's calls through, whichever process they come to and whatever their sessions are called", async () => {
  for (const [round, cap] of [7, 141, 264].entries()) {
    await world.moveClock(3_600);
    await world.policy(`limits: {minute: ${cap}, day: 100000}\nrules: [{name: all, match: {}, effect: allow}]\n`);
    const answers = await ask((i) => ({ tool: "tickets.read", arguments: { id: `t_${round}_${i}` } }));
    expect([count(answers, "approved"), count(answers, 429)]).toEqual([cap, CALLS - cap]);
  }
});

it("lets exactly what fits a sum's cap through", async () => {
  for (const [round, cap] of [70, 1_400, 2_100].entries()) {
    await world.moveClock(2 * 3_600);
    const over = `over: {sum: arguments.amount, by: agent, window: 1h, cap: ${cap}}`;
    await world.policy(
      `limits: {minute: 100000, day: 100000}\nrules: [{name: cap, match: {}, ${over}, effect: deny}, {name: all, match: {}, effect: allow}]\n`,
    );
    const answers = await ask((i) => ({ tool: "orders.refund", arguments: { id: `o_${round}_${i}`, amount: 7 } }));
    expect([count(answers, "approved"), count(answers, "denied")]).toEqual([cap / 7, CALLS - cap / 7]);
  }
});
