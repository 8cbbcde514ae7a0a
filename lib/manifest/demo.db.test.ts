import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { updateAgent } from "@/lib/catalog/agents";
import { authenticateKey, createKey, listKeys } from "@/lib/credentials/agent-keys";
import { FIRST_TENANT } from "@/lib/people/setup";
import type { Approval } from "@/lib/approvals/schema";
import { OPERATOR, World, type Person } from "@/tests/support/world";
import { demoRequest, prepareDemo } from "./demo";

let world: World;
let newcomer: Person;

beforeAll(async () => {
  world = await World.start();
  newcomer = await world.person("Nova", ["admin", "approver"]);
});
afterAll(() => world.stop());

describe("the example agent", () => {
  it("asks something that the only person there may decide", async () => {
    const { key } = await prepareDemo(FIRST_TENANT, OPERATOR, null);
    const agent = { fetch: world.fetcher({ authorization: `Bearer ${key}` }) };
    const response = await agent.fetch("/api/v1/approvals", { method: "POST", json: JSON.parse(await demoRequest()) });
    const asked = (await response.json()) as Approval;
    expect([response.status, asked.status, asked.risk.level]).toEqual([201, "pending", "high"]);
    expect((await world.decide(newcomer, asked, "approve")).status).toBe(200);
    expect((await world.read(asked.id, agent)).status).toBe("approved");
  });

  it("keeps a key that works, so that a second run does not end the first", async () => {
    const first = await prepareDemo(FIRST_TENANT, OPERATOR, null);
    const second = await prepareDemo(FIRST_TENANT, OPERATOR, first.key);
    expect(second).toEqual(first);
  });

  it("makes room for a new key by revoking the oldest, when the known one does not work", async () => {
    const { agentId, key } = await prepareDemo(FIRST_TENANT, OPERATOR, "licet_nonsense");
    const other = await prepareDemo(FIRST_TENANT, OPERATOR, null);
    expect((await listKeys(FIRST_TENANT, agentId)).filter((each) => !each.revoked_at)).toHaveLength(2);
    expect(await authenticateKey(key, false)).not.toBeNull();
    expect(await authenticateKey(other.key, false)).not.toBeNull();
  });

  it("does not take another agent's key for its own", async () => {
    const owner = await world.person("Olga", ["owner"]);
    const agent = await world.agent("other-bot", owner, []);
    const { key } = await createKey(FIRST_TENANT, OPERATOR, agent.id);
    expect((await prepareDemo(FIRST_TENANT, OPERATOR, key)).key).not.toBe(key);
  });

  it("does not touch an agent of its name that is somebody's own", async () => {
    const { agentId } = await prepareDemo(FIRST_TENANT, OPERATOR, null);
    await updateAgent(FIRST_TENANT, OPERATOR, agentId, { owner: newcomer.id });
    await expect(prepareDemo(FIRST_TENANT, OPERATOR, null)).rejects.toMatchObject({ code: "demo_taken" });
  });
});
