import { afterAll, beforeAll, expect, it } from "vitest";
import { World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let ada: Person;
let ana: Person;
let agent: Agent;

beforeAll(async () => {
  world = await World.start();
  [ada, ana] = [await world.person("Ada", ["admin"]), await world.person("Ana")];
  await world.chain("default", [{ people: [ana] }]);
  agent = await world.agent("bot", await world.person("Olga", ["owner"]));
});
afterAll(() => world.stop());

const DRAFT =
  "rules:\n  - {name: small, match: {tool: orders.refund}, when: arguments.amount < 50, effect: allow}\n  - {name: no-more, match: {action: delete}, effect: deny}\n";
const call = (tool: string, given: object) => ({ tool, arguments: given, reason: "tried", session_id: "s" });
async function simulate(request: object, document = DRAFT, as = ada) {
  const answer = await as.fetch("/api/v1/policies/simulate", { method: "POST", json: { document, agent: agent.id, request } });
  return { status: answer.status, body: (await answer.json()) as object };
}

it("says what a draft would do with a call, and why, and leaves nothing behind", async () => {
  const rows = () => world.sql("select (select count(*) from requests) as requests, (select count(*) from counters) as counters");
  const before = await rows();
  expect(await simulate(call("orders.refund", { id: "o_1", amount: 49 }))).toMatchObject({
    status: 200,
    body: { effect: "allow", rule: "small", resource: expect.stringContaining("o_1") as string },
  });
  expect(await simulate(call("orders.refund", { id: "o_1", amount: 50 }))).toMatchObject({
    body: {
      effect: "ask",
      rule: null,
      chain: "default",
      tried: expect.arrayContaining([expect.objectContaining({ name: "small", result: "not" })]) as object,
    },
  });
  expect(await simulate(call("users.delete", { id: "u_1" }))).toMatchObject({
    body: { effect: "deny", outcome: "policy", rule: "no-more" },
  });
  expect(await simulate(call("users.promote", {}))).toMatchObject({ body: { effect: "deny", outcome: "unknown_tool" } });
  expect(await rows()).toEqual(before);
});

it("refuses a broken draft with line and column, arguments that do not fit, and whoever is no admin", async () => {
  const broken = await simulate(
    call("orders.refund", { id: "o", amount: 1 }),
    "rules:\n  - {name: a, match: {}, when: 1 +, effect: allow}\n",
  );
  expect(broken).toMatchObject({ status: 422, body: { code: "invalid_policy", errors: [{ line: 2 }] } });
  expect((await simulate(call("orders.refund", { id: "o", amount: "many" }))).status).toBe(422);
  expect((await simulate(call("tickets.read", { id: "t_1" }), DRAFT, ana)).status).toBe(403);
});
