import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ListItem } from "@/lib/approvals/list";
import { problemOf } from "@/tests/support/problem";
import { World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let ana: Person;
let ben: Person;
let olga: Person;
let agent: Agent;
let other: Agent;

beforeAll(async () => {
  world = await World.start();
  ana = await world.person("Ana", ["approver"]);
  ben = await world.person("Ben", ["approver"]);
  olga = await world.person("Olga", ["owner"]);
  agent = await world.agent("support-bot", olga);
  other = await world.agent("other-bot", ben);
  await world.chain("default", [{ people: [ana], after: 60 }, { people: [ben] }]);
  const ask = (by: Agent, tool: string, id: string, session: string) => by.ask({ tool, arguments: { id }, session_id: session });
  for (let i = 0; i < 7; i++) await ask(agent, "tickets.read", `t_${i}`, "reads");
  for (let i = 0; i < 3; i++) await ask(agent, "orders.refund", `o_${i}`, "refunds");
  for (let i = 0; i < 3; i++) await ask(agent, "users.delete", "u_same", `twins ${i}`);
  await ask(agent, "users.delete", "u_1", "deletions");
  await ask(other, "users.delete", "u_2", "deletions");
});
afterAll(() => world.stop());

interface Page {
  items: ListItem[];
  next_cursor: string | null;
}

async function list(as: { fetch: Person["fetch"] }, query = ""): Promise<Page> {
  const response = await as.fetch(`/api/v1/approvals?${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

async function allPages(as: { fetch: Person["fetch"] }, query: string): Promise<ListItem[]> {
  const items: ListItem[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const page: Page = await list(as, `${query}${cursor && `&cursor=${cursor}`}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
}

describe("the list", () => {
  it("shows people everything, newest first", async () => {
    const { items, next_cursor: next } = await list(ana);
    expect(items).toHaveLength(15);
    expect(next).toBeNull();
    expect(items.map((item) => item.created_at)).toEqual(
      items
        .map((item) => item.created_at)
        .toSorted()
        .toReversed(),
    );
  });

  it("shows what is pending by risk, then by time left, identical requests as one", async () => {
    const { items } = await list(ana, "status=pending");
    expect(items.map((item) => item.risk)).toEqual(["high", "high", "high", "medium", "medium", "medium"]);
    expect(items.map((item) => item.alike)).toEqual([3, 1, 1, 1, 1, 1]);
    for (const risk of ["high", "medium"]) {
      const ends = items.filter((item) => item.risk === risk).map((item) => item.expires_at);
      expect(ends).toEqual(ends.toSorted());
    }
  });

  it.each([
    ["status=approved", 7],
    ["status=approved,denied", 7],
    ["status=denied", 0],
    ["risk=medium", 3],
    ["risk=low,high", 12],
    ["tool=orders.refund", 3],
    ["agent=other-bot", 1],
    ["session=deletions", 2],
    ["session=deletions&agent=support-bot", 1],
    ["from=2020-01-01T00:00:00Z", 15],
    ["to=2020-01-01T00:00:00Z", 0],
  ])("filters by %s", async (query, count) => {
    expect((await list(ana, query)).items).toHaveLength(count);
  });

  it.each(["", "status=pending", "risk=low"])("comes in pages that together are the whole (%s)", async (query) => {
    const whole = (await list(ana, query)).items.map((item) => item.id);
    for (const limit of [1, 2, 5]) {
      expect((await allPages(ana, `${query}&limit=${limit}`)).map((item) => item.id)).toEqual(whole);
    }
  });

  it.each(["cursor=x", "cursor=WyJ4Il0", "limit=0", "limit=501", "status=maybe", "from=yesterday", "color=red"])(
    "refuses %s",
    async (query) => {
      expect(await problemOf(ana.fetch(`/api/v1/approvals?${query}`))).toMatchObject({ status: 422 });
    },
  );

  it("shows an agent its own requests, whatever it asks for", async () => {
    expect((await list(other)).items.map((item) => item.agent)).toEqual(["other-bot"]);
    expect((await list(other, "agent=support-bot")).items).toEqual([]);
  });

  it("shows an owner the requests of their own agents", async () => {
    const { items } = await list(olga);
    expect(new Set(items.map((item) => item.agent))).toEqual(new Set(["support-bot"]));
    const [foreign] = (await list(ana, "agent=other-bot")).items;
    expect(await problemOf(olga.fetch(`/api/v1/approvals/${foreign?.id}`))).toMatchObject({ status: 404 });
    expect(await problemOf(olga.fetch(`/api/v1/approvals/${foreign?.id}/review`))).toMatchObject({ status: 404 });
  });

  it("shows as mine what asks me now and I may decide", async () => {
    const mine = async (person: Person) => (await list(person, "status=pending&mine=true")).items.length;
    const count = async (person: Person) => (await person.fetch("/api/v1/approvals/count")).json();
    // Ben is level 2; for his own agent he is never asked.
    expect([await mine(ana), await mine(ben)]).toEqual([6, 0]);
    expect(await count(ana)).toEqual({ mine: 6, all: 6 });
    expect(await count(ben)).toEqual({ mine: 0, all: 6 });
    await world.moveClock(60);
    await world.tick();
    expect([await mine(ana), await mine(ben)]).toEqual([6, 5]);
  });

  it("never shows as pending what is overdue", async () => {
    await world.moveClock(240);
    expect((await list(ana, "status=pending")).items.map((item) => item.risk)).toEqual(["medium", "medium", "medium"]);
    expect((await list(ana)).items.filter((item) => item.risk === "high").map((item) => item.status)).toEqual(Array(5).fill("expired"));
    expect((await list(ana, "status=expired")).items).toHaveLength(5);
    expect(await (await ana.fetch("/api/v1/approvals/count")).json()).toEqual({ mine: 3, all: 3 });
  });
});
