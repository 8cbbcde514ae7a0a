import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Approval } from "@/lib/approvals/schema";
import { stopping } from "@/lib/api/stopping";
import { World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let kim: Person;
let agent: Agent;
let asked = 0;

beforeAll(async () => {
  world = await World.start();
  kim = await world.person("Kim", ["approver"]);
  agent = await world.agent("support-bot", await world.person("Olga", ["owner"]));
  await world.chain("default", [{ people: [kim] }]);
});
afterAll(() => world.stop());

const aRefund = async () => (await agent.ask({ tool: "orders.refund", arguments: { id: "o_1", amount: ++asked } })).body;

const waitFor = (approval: Approval, seconds = 50, as: { fetch: Person["fetch"] } = agent) =>
  as.fetch(approval.links.self, { headers: { prefer: `wait=${seconds}` } });

/** Another request of the same client, answered after the ones before it have been taken up. */
const settled = (approval: Approval) => world.read(approval.id, agent);

describe("an agent that waits", () => {
  it.each(["approve", "deny"] as const)("hears a decision to %s when it is made", async (verdict) => {
    const refund = await aRefund();
    const waiting = waitFor(refund);
    await settled(refund);
    expect((await world.decide(kim, refund, verdict, { comment: "Seen." })).status).toBe(200);
    const response = await waiting;
    expect(response.status).toBe(200);
    expect(response.headers.get("preference-applied")).toBe("wait=50");
    expect(await response.json()).toMatchObject({
      status: verdict === "approve" ? "approved" : "denied",
      revision: 2,
      decision: { comment: "Seen." },
    });
  });

  it("hears what other processes decide, through the database", async () => {
    const refund = await aRefund();
    const waiting = waitFor(refund);
    await settled(refund);
    // Nothing of this process knows of it but by the notification: withdrawing wakes nobody here directly.
    await agent.fetch(`${refund.links.self}/cancel`, { method: "POST" });
    expect(await (await waiting).json()).toMatchObject({ status: "cancelled" });
  });

  it("may wait in the very request that asks", async () => {
    const json = { tool: "orders.refund", arguments: { id: "o_1", amount: ++asked }, reason: "r", session_id: "waits" };
    const waiting = agent.fetch("/api/v1/approvals", { method: "POST", json, headers: { prefer: "wait=50" } });
    const [refund] = await expect
      .poll(async () => ((await (await kim.fetch("/api/v1/approvals?session=waits")).json()) as { items: { id: string }[] }).items)
      .toHaveLength(1)
      .then(async () => ((await (await kim.fetch("/api/v1/approvals?session=waits")).json()) as { items: { id: string }[] }).items);
    await world.decide(kim, await world.read(refund?.id ?? "", kim), "approve");
    const response = await waiting;
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ id: refund?.id, status: "approved" });
  });

  it("is answered at once about what was decided before", async () => {
    const refund = await aRefund();
    await world.decide(kim, refund, "approve");
    expect(await (await waitFor(refund)).json()).toMatchObject({ status: "approved" });
  });

  it("is answered with pending when its own time is over, and nothing has moved", async () => {
    const refund = await aRefund();
    const response = await waitFor(refund, 1);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "pending", revision: 1, expires_at: refund.expires_at });
  });

  it("hears the silence at the deadline, with no scheduler alive", async () => {
    // An agent of its own: the silence closes the tool for it.
    const alone = await world.agent("alone", { id: (await world.person("Otto", ["owner"])).id });
    const { body: refund } = await alone.ask({ tool: "orders.refund", arguments: { id: "o_1" } });
    await world.moveClock(899);
    expect(await (await waitFor(refund, 50, alone)).json()).toMatchObject({ status: "expired", decision: { by: "silence" } });
    await world.moveClock(-899);
  });

  it("holds no database connection: many more wait than there are connections, all hear it", async () => {
    const refund = await aRefund();
    const waiting = Array.from({ length: 60 }, () => waitFor(refund));
    const other = await aRefund();
    expect((await world.decide(kim, other, "approve")).status).toBe(200);
    expect((await world.decide(kim, refund, "approve")).status).toBe(200);
    const answers = await Promise.all(waiting.map(async (each) => ((await (await each).json()) as Approval).status));
    expect(answers).toEqual(Array(60).fill("approved"));
  });

  it("may be a person, too", async () => {
    const refund = await aRefund();
    const waiting = waitFor(refund, 50, kim);
    await settled(refund);
    await world.decide(kim, refund, "deny");
    expect(await (await waiting).json()).toMatchObject({ status: "denied" });
  });

  // Last: from here on this process stops.
  it("is answered with the present state when the server stops", async () => {
    const refund = await aRefund();
    const waiting = waitFor(refund);
    await settled(refund);
    stopping.abort();
    expect(await (await waiting).json()).toMatchObject({ status: "pending" });
  });
});
