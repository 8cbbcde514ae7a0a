import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Approval } from "@/lib/approvals/schema";
import { World, type Agent, type Person } from "@/tests/support/world";
import type { Readiness } from "./read";

let world: World;
let ada: Person;
let ana: Person;
let olga: Person;
let agent: Agent;
let made = 0;

beforeAll(async () => {
  world = await World.start();
  [ada, ana, olga] = [await world.person("Ada", ["admin"]), await world.person("Ana"), await world.person("Olga", ["owner"])];
  await world.chain("default", [{ people: [ana] }]);
});
afterAll(() => world.stop());
beforeEach(async () => {
  agent = await world.agent(`bot-${++made}`, olga);
  expect((await stage({ stage: "trial" })).status).toBe(204);
});

const stage = (json: object) => ada.fetch(`/api/v1/agents/${agent.id}/stage`, { method: "PUT", json });
const readiness = async () => (await (await ada.fetch(`/api/v1/agents/${agent.id}/readiness`)).json()) as Readiness;
const missing = async () =>
  Object.fromEntries((await readiness()).checks.flatMap((check) => (check.missing === null ? [] : [[check.name, check.missing]])));
const ask = async (tool: string, args: object = { id: "1" }) => (await agent.ask({ tool, arguments: { ...args } })).body;
const code = async (answer: Promise<Response>) => ((await (await answer).json()) as { code: string }).code;

describe("on trial", () => {
  it("is where an agent starts that is registered by a person, and not one that the operator's command adds", async () => {
    const json = { name: "newcomer", owner: olga.id, responsibility: "Answers customers." };
    const { id } = (await (await ada.fetch("/api/v1/agents", { method: "POST", json })).json()) as { id: string };
    expect(await world.sql("select stage from agents where id = $1", [id])).toEqual([{ stage: "trial" }]);
    const added = await world.agent(`operators-${made}`, olga);
    expect(await world.sql("select stage from agents where id = $1", [added.id])).toEqual([{ stage: "production" }]);
  });

  it("an agent reads what it is granted, and nothing that writes is released: neither by policy nor by a person", async () => {
    expect((await ask("tickets.read")).status).toBe("approved");
    const asked = await ask("tickets.note");
    expect(asked.status).toBe("pending");
    expect(await code(world.decide(ana, asked, "approve"))).toBe("in_trial");
    expect((await world.read(asked.id, ana)).status).toBe("pending");
    expect((await world.decide(ana, asked, "deny")).status).toBe(200);

    await world.policy("rules: [{name: all, match: {}, effect: allow}]\n");
    expect(await ask("tickets.note", { id: "2" })).toMatchObject({ status: "denied", decision: { reason: "in_trial" } });
    expect((await ask("tickets.read", { id: "2" })).status).toBe("approved");
  });

  it("is checked inside the door: what was asked in production and is approved after the demotion is not released", async () => {
    await world.policy("rules: [{name: all, match: {action: write}, effect: require_approval}]\n");
    const other = await world.agent(`operators-two-${made}`, olga);
    const asked = (await other.ask({ tool: "tickets.note", arguments: { id: "9" } })).body;
    expect(asked.status).toBe("pending");
    expect((await ada.fetch(`/api/v1/agents/${other.id}/stage`, { method: "PUT", json: { stage: "trial" } })).status).toBe(204);
    expect(await code(world.decide(ana, asked, "approve"))).toBe("in_trial");
  });
});

describe("readiness", () => {
  it("says what is missing, and refuses the promotion until it is there or somebody signs for the exception", async () => {
    expect(Object.keys(await missing()).sort()).toEqual(["denied", "expired", "responsibility", "stopped", "unused"]);
    const refused = await stage({ stage: "production" });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "not_ready", errors: expect.arrayContaining([]) as unknown[] });
    const exceptions = Object.keys(await missing()).map((check) => ({ check, reason: "seen in the old system" }));
    expect((await stage({ stage: "production", exceptions: exceptions.slice(1) })).status).toBe(409);
    expect((await stage({ stage: "production", exceptions })).status).toBe(204);
    expect(
      await world.sql(
        "select detail -> 'after' ->> 'stage' as stage, jsonb_array_length(detail -> 'after' -> 'stage_exceptions') as signed from audit_records where agent_id = $1 and event = 'config.agents.update' order by id desc limit 1",
        [agent.id],
      ),
    ).toEqual([{ stage: "production", signed: exceptions.length }]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ["responsibility", () => patch({ responsibility: "Answers customers' tickets about their orders." })],
    ["denied", async () => world.decide(ana, await pending(), "deny")],
    [
      "expired",
      async () => {
        await pending();
        await world.moveClock(3_600);
        await world.keepSignedIn();
        await world.tick();
      },
    ],
    ["stopped", async () => [await patch({ status: "disabled" }), await patch({ status: "active" })]],
    ["unused", () => Promise.all(["tickets.read", "tickets.note", "orders.refund", "users.delete"].map((tool) => ask(tool)))],
  ])("%s is met once it is so, and only then", async (name, make) => {
    expect(await missing()).toHaveProperty(name);
    await make();
    expect(await missing()).not.toHaveProperty(name);
  });

  it("wants somebody at every level who may decide for this very agent", async () => {
    const gone = await world.person(`Gone ${made}`);
    await world.chain("default", [{ people: [ana], after: 60 }, { people: [gone] }]);
    expect(await missing()).not.toHaveProperty("reachable");
    expect((await ada.fetch(`/api/v1/people/${gone.id}`, { method: "PATCH", json: { status: "disabled" } })).status).toBe(204);
    expect(await missing()).toMatchObject({ reachable: expect.stringContaining("level 2 of default") as string });
    // Who owns the agent does not decide its requests.
    await world.chain("default", [{ people: [ana] }]);
    expect((await patch({ owner: ana.id })).status).toBe(204);
    expect(await missing()).toMatchObject({ reachable: expect.stringContaining("level 1 of default") as string });
  });

  it("of an unclassified tool is not met", async () => {
    const open = await world.agent(`unclassified-${made}`, olga, [
      { name: "strange.read", action: "read", impact: "record", reversibility: "reversible", decisive: [], sensitive: [] },
    ]);
    const { checks } = (await (await ada.fetch(`/api/v1/agents/${open.id}/readiness`)).json()) as Readiness;
    expect(checks.find(({ name }) => name === "classified")?.missing).toMatch(/strange.read/);
  });
});

const patch = (json: object) => ada.fetch(`/api/v1/agents/${agent.id}`, { method: "PATCH", json });
async function pending(): Promise<Approval> {
  await world.policy(`rules: [{name: all, match: {}, effect: require_approval}]\n# ${made}\n`);
  const asked = await ask("tickets.note", { id: `p_${made}` });
  expect(asked.status).toBe("pending");
  return asked;
}
