import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let ana: Person;
let ben: Person;
let sam: Person;
let olga: Person;
let agent: Agent;
let made = 0;

beforeAll(async () => {
  world = await World.start();
  [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  [sam, olga] = [await world.person("Sam", ["security_officer"]), await world.person("Olga", ["owner"])];
  await world.chain("default", [{ people: [ana], after: 60 }, { people: [ben], after: 60 }, { people: [sam] }]);
  await world.policy("limits: {minute: 1000, day: 10000}\nmemory: 30m\n");
  await world.freezeClock();
  await world.keepSignedIn();
});
afterAll(() => world.stop());
beforeEach(async () => {
  agent = await world.agent(`bot-${++made}`, olga);
});

const refund = (more: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  agent.ask({ tool: "orders.refund", arguments: { id: "o_1", amount: 5 }, ...more }, headers);
const again = (id: string, as: Person) => as.fetch(`/api/v1/approvals/${id}/ask-again`, { method: "POST" });

async function denied() {
  const { body } = await refund();
  expect((await world.decide(ana, body, "deny")).status).toBe(200);
  return body;
}

describe("after a no", () => {
  it.each([
    ["with other words", { reason: "please, it is urgent" }],
    ["in another session", { session_id: "s_2" }],
    ["with another memo, the decisive value the same", { arguments: { id: "o_1", amount: 5, text: "another memo" } }],
    ["under another Idempotency-Key", {}],
  ])("the same call %s is denied for half an hour, and nobody is asked", async (what, more) => {
    await denied();
    const retry = await refund(more, what.includes("Key") ? { "idempotency-key": "another" } : {});
    expect(retry.body).toMatchObject({ status: "denied", decision: { by: "policy", reason: "denied_before", ask_again: "later" } });
    expect(Date.parse(retry.body.decision?.retry_at ?? "") - Date.parse(retry.body.created_at)).toBe(30 * 60_000);
  });

  it("so is it with another key of the same agent", async () => {
    await denied();
    const { createKey } = await import("@/lib/credentials/agent-keys");
    const { OPERATOR } = await import("@/tests/support/world");
    const { key } = await createKey("default", OPERATOR, agent.id);
    const response = await world.fetcher({ authorization: `Bearer ${key}` })("/api/v1/approvals", {
      method: "POST",
      json: { tool: "orders.refund", arguments: { id: "o_1", amount: 5 }, reason: "r", session_id: "s" },
    });
    expect(await response.json()).toMatchObject({ status: "denied", decision: { reason: "denied_before" } });
  });

  it("another decisive value is another call", async () => {
    await denied();
    expect((await refund({ arguments: { id: "o_2", amount: 5 } })).body.status).toBe("pending");
  });

  it("it is over after half an hour", async () => {
    await denied();
    await world.moveClock(30 * 60 - 1);
    expect((await refund()).body.status).toBe("denied");
    await world.moveClock(1);
    expect((await refund()).body.status).toBe("pending");
  });

  it("a person of the chain lets it ask again, recorded; nobody else may, and not twice", async () => {
    const { id } = await denied();
    expect((await again(id, olga)).status).toBe(403);
    expect((await again(id, ben)).status).toBe(204);
    expect((await again(id, ana)).status).toBe(409);
    expect((await refund()).body.status).toBe("pending");
    expect(await world.sql("select actor_id from audit_records where event = 'memory.lifted' and request_id = $1", [id])).toEqual([
      { actor_id: ben.id },
    ]);
  });
});

describe("a retry goes to the same level or above", () => {
  const level = async (id: string) => (await world.read(id, ana)).level?.number;

  it("after an expiry that had reached the second level, and shows what it met", async () => {
    // Two levels asked, then the deadline; the block for a silent last level does not come into it.
    const first = (await refund()).body;
    await world.moveClock(61);
    await world.tick();
    expect(await level(first.id)).toBe(2);
    await world.sql("update requests set level_due_at = null where id = $1", [first.id]);
    await world.moveClock(15 * 60);
    await world.tick();
    expect((await world.read(first.id, ana)).status).toBe("expired");
    await world.sql("update blocks set lifted_at = door_clock(), lifted_by = $1 where lifted_at is null", [ana.id]);
    const retry = (await refund({ reason: "again" })).body;
    expect(retry).toMatchObject({ status: "pending", level: { number: 2 } });
    const review = (await (await ben.fetch(`/api/v1/approvals/${retry.id}/review`)).json()) as { earlier: unknown };
    expect(review.earlier).toMatchObject({ id: first.id, status: "expired" });
  });

  it("after it was withdrawn once somebody had opened it at the second level", async () => {
    const first = (await refund()).body;
    expect((await ana.fetch(`/api/v1/approvals/${first.id}/escalate`, { method: "POST" })).status).toBe(200);
    expect((await ben.fetch(`/api/v1/approvals/${first.id}/review`)).status).toBe(200);
    expect((await agent.fetch(`/api/v1/approvals/${first.id}/cancel`, { method: "POST" })).status).toBe(200);
    expect((await refund()).body).toMatchObject({ status: "pending", level: { number: 2 } });
  });

  it("but not when nobody had looked: a slip may be corrected", async () => {
    const first = (await refund()).body;
    expect((await ana.fetch(`/api/v1/approvals/${first.id}/escalate`, { method: "POST" })).status).toBe(200);
    expect((await agent.fetch(`/api/v1/approvals/${first.id}/cancel`, { method: "POST" })).status).toBe(200);
    expect((await refund()).body).toMatchObject({ status: "pending", level: { number: 1 } });
  });
});
