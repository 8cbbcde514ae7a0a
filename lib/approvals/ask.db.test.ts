import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let kim: Person;
let agent: Agent;

beforeAll(async () => {
  world = await World.start();
  kim = await world.person("Kim", ["approver", "admin"]);
  const owner = await world.person("Olga", ["owner"]);
  agent = await world.agent("support-bot", owner);
});
afterAll(() => world.stop());

describe("asking", () => {
  it("lets a low-risk read of a granted tool pass at once", async () => {
    const { status, body } = await agent.ask({ tool: "tickets.read", arguments: { id: "8812" } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: "approved",
      risk: { level: "low", reasons: ["low-risk-read"] },
      resource: "/tickets/8812",
      scope: { granted: "tickets:read" },
    });
  });

  it("asks people about what no rule lets pass", async () => {
    const { status, body, headers } = await agent.ask();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: "pending",
      risk: { level: "high" },
      level: { number: 1, of: 1, asks: "approver" },
      decisive: ["/id"],
    });
    expect(headers.get("etag")).toBe('"1"');
    const read = await world.read(body.id, agent);
    expect(read.status).toBe("pending");
    const response = await world.decide(kim, body, "approve");
    expect(response.status, await response.clone().text()).toBe(200);
  });
});
