import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Block } from "@/lib/approvals/blocks";
import type { ListItem } from "@/lib/approvals/list";
import type { Approval } from "@/lib/approvals/schema";
import { createKey } from "@/lib/credentials/agent-keys";
import { FIRST_TENANT } from "@/lib/people/setup";
import { problemOf } from "@/tests/support/problem";
import { World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let ana: Person;
let ben: Person;
let sam: Person;
let olga: Person;
let bots = 0;
let agent: Agent;

beforeAll(async () => {
  world = await World.start();
  ana = await world.person("Ana", ["approver"]);
  ben = await world.person("Ben", ["approver"]);
  sam = await world.person("Sam", ["security_officer"]);
  olga = await world.person("Olga", ["owner", "approver"]);
  await world.chain("default", [{ people: [ana, olga], after: 60 }, { people: [ben] }]);
  await world.keepSignedIn();
});
afterAll(() => world.stop());
/** A block is one agent's: each test has its own. */
beforeEach(async () => {
  agent = await world.agent(`bot-${++bots}`, olga);
});

const deletion = async (id = "u_1", as = agent) => (await as.ask({ arguments: { id } })).body;

async function blocksSeenBy(person: Person): Promise<Block[]> {
  const { items } = (await (await person.fetch("/api/v1/blocks")).json()) as { items: Block[] };
  return items.filter((block) => block.agent_id === agent.id);
}

const lift = (person: Person, block: Block | undefined) => person.fetch(`/api/v1/blocks/${block?.id}/lift`, { method: "POST" });

async function noticesOf(person: Person, approval: Approval): Promise<number> {
  const { items } = (await (await person.fetch("/api/v1/notices")).json()) as { items: { request_id: string }[] };
  return items.filter((notice) => notice.request_id === approval.id).length;
}

/** Every level asked, the last one silent too. */
async function silence(seconds = 300): Promise<void> {
  await world.moveClock(60);
  await world.tick();
  await world.moveClock(seconds - 60);
  await world.tick();
}

describe("the deadline", () => {
  it("denies by silence at every risk, and is written once", async () => {
    const high = await deletion();
    const medium = (await agent.ask({ tool: "orders.refund", arguments: { id: "o" } })).body;
    await silence(900);
    await world.tick();
    for (const { id } of [high, medium]) {
      expect(await world.read(id, agent)).toMatchObject({
        status: "expired",
        seconds_left: null,
        decision: { by: "silence", reason: "silence", ask_again: "later", use_by: null },
        scope: { granted: null },
      });
      const records = await world.sql("select from audit_records where request_id = $1 and event = 'approval.expired'", [id]);
      expect(records).toHaveLength(1);
    }
  });

  it("is kept by whoever looks, with no scheduler alive: the agent's read, the person's, the list", async () => {
    const seen = await Promise.all(["u_1", "u_2", "u_3", "u_4"].map((id) => deletion(id)));
    await world.moveClock(300);
    const [one, two, three, four] = seen;
    if (!one || !two || !three || !four) throw new Error("four requests");
    expect(await world.read(one.id, agent)).toMatchObject({ status: "expired" });
    expect(await world.read(two.id, ana)).toMatchObject({ status: "expired" });
    const list = async (query: string) => {
      const { items } = (await (await ana.fetch(`/api/v1/approvals?agent=${agent.name}&${query}`)).json()) as { items: ListItem[] };
      return items.map((item) => [item.id, item.status]);
    };
    expect(await list("")).toContainEqual([three.id, "expired"]);
    expect(await list("status=pending")).toEqual([]);
    expect(await list("status=expired")).toContainEqual([four.id, "expired"]);
  });

  it("is as long as the policy says, from ten seconds to thirty days", async () => {
    await world.policy("version: 1\ntimeout: {high: 10s, medium: 30d}\n");
    expect((await deletion()).seconds_left).toBe(10);
    expect((await agent.ask({ tool: "orders.refund", arguments: { id: "o" } })).body.seconds_left).toBe(30 * 86_400);
    await expect(world.policy("version: 1\ntimeout: {high: 9s}\n")).rejects.toMatchObject({ code: "invalid_policy" });
    await expect(world.policy("version: 1\ntimeout: {high: 31d}\n")).rejects.toMatchObject({ code: "invalid_policy" });
    await world.policy("version: 1\n");
  });
});

describe("when the last level was silent", () => {
  it("closes the tool for that agent: the next ask is denied and says until when", async () => {
    await deletion();
    await silence();
    const again = await deletion("u_2");
    expect(again).toMatchObject({ status: "denied", decision: { by: "policy", reason: "blocked", ask_again: "later" } });
    const [block] = await blocksSeenBy(ana);
    expect(block).toMatchObject({ agent: agent.name, tool: "users.delete" });
    expect(again.decision?.retry_at).toBe(block?.ends_at);
    // Another tool, another agent: not closed.
    expect((await agent.ask({ tool: "orders.refund", arguments: { id: "o" } })).body.status).toBe("pending");
    expect((await deletion("u_3", await world.agent(`bot-${++bots}`, olga))).status).toBe("pending");
  });

  it("tells the agent in its answer until when", async () => {
    const asked = await deletion();
    await silence();
    const { decision } = await world.read(asked.id, agent);
    expect(Date.parse(decision?.retry_at ?? "") - Date.parse(decision?.at ?? "")).toBe(3_600_000);
  });

  it("ends by itself after sixty minutes", async () => {
    await deletion();
    await silence();
    await world.moveClock(3_590);
    expect((await deletion("u_2")).status).toBe("denied");
    await world.moveClock(20);
    expect((await deletion("u_3")).status).toBe("pending");
    expect(await blocksSeenBy(ana)).toEqual([]);
  });

  it("does not close the tool where a level above was never asked", async () => {
    const asked = await deletion();
    // No scheduler: the second level is never reached.
    await world.moveClock(300);
    expect(await world.read(asked.id, agent)).toMatchObject({ status: "expired", decision: { retry_at: null } });
    expect((await deletion("u_2")).status).toBe("pending");
  });

  it("tells every security officer in the application, at high risk only", async () => {
    const high = await deletion();
    const medium = (await agent.ask({ tool: "orders.refund", arguments: { id: "o" } })).body;
    await silence(900);
    expect([await noticesOf(sam, high), await noticesOf(sam, medium), await noticesOf(ana, high)]).toEqual([1, 0, 0]);
  });
});

describe("a block is lifted", () => {
  it("by a person of the chain, also of a level never asked; the agent may ask again at once, and it is recorded", async () => {
    await deletion();
    await silence();
    const [block] = await blocksSeenBy(ben);
    expect((await lift(ben, block)).status).toBe(204);
    expect((await deletion("u_2")).status).toBe("pending");
    expect(await blocksSeenBy(ben)).toEqual([]);
    expect(await problemOf(lift(ben, block))).toMatchObject({ status: 409, code: "already_lifted" });
    const [record] = await world.sql<object>("select actor_id from audit_records where event = 'tool.unblocked' and agent_id = $1", [
      agent.id,
    ]);
    expect(record).toEqual({ actor_id: ben.id });
  });

  it("by nobody else: not the owner, not who made the key, nobody outside the chain, no agent", async () => {
    const { key } = await createKey(FIRST_TENANT, { kind: "person", id: ben.id }, agent.id);
    const json = { tool: "users.delete", arguments: { id: "u_1" }, reason: "r", session_id: "s" };
    await world.fetcher({ authorization: `Bearer ${key}` })("/api/v1/approvals", { method: "POST", json });
    await world.moveClock(300);
    await world.tick();
    const [block] = await blocksSeenBy(ana);
    expect(await problemOf(lift(olga, block))).toMatchObject({ status: 403, code: "requester" });
    expect(await problemOf(lift(ben, block))).toMatchObject({ status: 403, code: "requester" });
    expect(await problemOf(lift(sam, block))).toMatchObject({ status: 403, code: "not_asked" });
    const path = `/api/v1/blocks/${block?.id}/lift`;
    expect(await problemOf(agent.fetch(path, { method: "POST" }))).toMatchObject({ status: 403, code: "wrong_credential" });
    expect((await deletion("u_2")).status).toBe("denied");
    expect((await lift(ana, block)).status).toBe(204);
  });

  it("at once, however many requests ran out", async () => {
    for (const id of ["u_1", "u_2", "u_3"]) await deletion(id);
    await silence();
    const blocks = await blocksSeenBy(ana);
    expect(blocks).toHaveLength(1);
    expect((await lift(ana, blocks[0])).status).toBe(204);
    expect((await deletion("u_4")).status).toBe("pending");
    expect(await blocksSeenBy(ana)).toEqual([]);
  });

  it("not any more when it has ended", async () => {
    await deletion();
    await silence();
    const [block] = await blocksSeenBy(ana);
    await world.moveClock(3_601);
    expect(await problemOf(lift(ana, block))).toMatchObject({ status: 409, code: "already_lifted" });
  });
});
