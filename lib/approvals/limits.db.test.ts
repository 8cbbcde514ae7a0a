import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ToolInput } from "@/lib/catalog/schema";
import { doorValue } from "@/lib/db/door";
import { World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let ana: Person;
let sam: Person;
let olga: Person;
let agent: Agent;
let made = 0;

beforeAll(async () => {
  world = await World.start();
  [ana, sam, olga] = [await world.person("Ana"), await world.person("Sam", ["security_officer"]), await world.person("Olga", ["owner"])];
  await world.chain("default", [{ people: [ana] }]);
  await world.freezeClock();
  await world.keepSignedIn();
});
afterAll(() => world.stop());
beforeEach(async () => {
  agent = await world.agent(`bot-${++made}`, olga);
  await world.moveClock(3_600);
  // The configuration, and with it the clock that policy sees, is read anew.
  await world.policy(`${RULES}# ${made}\n`);
});

const RULES = `
limits: {minute: 1000000, day: 1000000, pending: 1000}
rules:
  - {name: reads, match: {action: read}, effect: allow}
`;
const limits = (text: string, rules = "") =>
  world.policy(`limits: {${text}, pending: 1000}\nrules:\n${rules}  - {name: all, match: {}, effect: allow}\n`);

let asked = 0;
const read = (session = "s_1") => agent.ask({ tool: "tickets.read", arguments: { id: `t_${++asked}` }, session_id: session });
const refund = (amount: number, more: Record<string, unknown> = {}) =>
  agent.ask({ tool: "orders.refund", arguments: { id: `o_${++asked}`, amount, ...more } });

describe("limits", () => {
  it("refuse what is over: 429 with when to come again, one record a window, the security officers told once", async () => {
    await limits("minute: 3, day: 1000");
    for (let i = 0; i < 3; i++) expect((await read()).status).toBe(201);
    const over = await Promise.all([read(), read(), read()]);
    for (const { status, body, headers } of over) {
      expect(status).toBe(429);
      expect(body).toMatchObject({ code: "rate_limited", limit: "minute" });
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    }
    const records = await world.sql("select detail from audit_records where event = 'limit.exceeded' and agent_id = $1", [agent.id]);
    expect(records).toEqual([{ detail: { limit: "minute", cap: 3, refused_in_the_window_before: 0 } }]);
    expect(
      await world.sql("select detail ->> 'limit' as limit from notices where person_id = $1 and detail ->> 'agent' = $2", [
        sam.id,
        agent.id,
      ]),
    ).toEqual([{ limit: "minute" }]);
    const refused = await world.sql("select refused from counters where key like 'limit minute%' and key like '%' || $1 || '%'", [
      agent.id,
    ]);
    expect(refused).toEqual([{ refused: 3 }]);
  });

  it("slide: a full minute counts on in the next, by as much of it as is not over yet", async () => {
    await limits("minute: 10, day: 1000");
    const [{ second } = { second: 0 }] = await world.sql<{ second: number }>("select extract(second from door_clock())::float8 as second");
    await world.moveClock(60 - second);
    for (let i = 0; i < 10; i++) expect((await read()).status).toBe(201);
    await world.moveClock(60 + 30);
    // Half of the minute before still counts: five of ten.
    const half = await Promise.all(Array.from({ length: 10 }, () => read()));
    expect(half.filter(({ status }) => status === 201)).toHaveLength(5);
  });

  it("of a day are counted in UTC and start anew at midnight", async () => {
    await limits("minute: 1000, day: 2");
    expect([(await read()).status, (await read()).status, (await read()).status]).toEqual([201, 201, 429]);
    const [{ left } = { left: 0 }] = await world.sql<{ left: number }>(
      "select extract(epoch from date_trunc('day', door_clock() at time zone 'UTC') + interval '1 day' - door_clock() at time zone 'UTC')::float8 as left",
    );
    await world.moveClock(left);
    expect((await read()).status).toBe(201);
  });

  it("of a session are each session's own; another session's name gains nothing where the agent's minute is full", async () => {
    await limits("session: 2, minute: 100, day: 1000");
    expect([(await read("a")).status, (await read("a")).status, (await read("a")).status, (await read("b")).status]).toEqual([
      201, 201, 429, 201,
    ]);
    await limits("minute: 5, day: 1000");
    const answers = [];
    for (let i = 0; i < 1_000; i += 50) answers.push(...(await Promise.all(Array.from({ length: 50 }, (_, n) => read(`name ${i + n}`)))));
    // Three counted before, by the policy that was in force then.
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
  });

  it("admit exactly the cap when a hundred ask at once", async () => {
    await limits("minute: 37, day: 1000");
    const answers = await Promise.all(Array.from({ length: 100 }, () => read()));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(37);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(63);
  });

  it("do not count what was asked before: the same Idempotency-Key is answered again and again", async () => {
    await limits("minute: 1, day: 1000");
    const call = { tool: "tickets.read", arguments: { id: "t" } };
    const first = await agent.ask(call, { "idempotency-key": "once" });
    const again = await agent.ask(call, { "idempotency-key": "once" });
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body.id).toBe(first.body.id);
  });

  it("are forgotten when nothing has touched them for two months, and no sooner", async () => {
    const keys = async () =>
      (await world.sql<{ key: string }>("select key from counters where key like 'limit day %idle' order by key")).map(({ key }) => key);
    await world.sql(
      `insert into counters (tenant_id, key, touched_at) values ('default', 'limit day old idle', door_clock() - interval '62 days'),
         ('default', 'limit day young idle', door_clock() - interval '60 days')`,
    );
    // Each round looks at some from a place of chance on.
    for (let round = 0; round < 1_000 && (await keys()).length === 2; round++) await doorValue("default", "forget_counters", [20]);
    expect(await keys()).toEqual(["limit day young idle"]);
  });

  it("of what waits for people deny the flood, and never send it up", async () => {
    await world.policy("limits: {minute: 1000, day: 1000, pending: 3}\nrules: [{name: ask, match: {}, effect: require_approval}]\n");
    const answers = await Promise.all(Array.from({ length: 10 }, () => refund(1)));
    expect(answers.filter(({ body }) => body.status === "pending")).toHaveLength(3);
    const flood = answers.filter(({ body }) => body.status === "denied");
    expect(flood).toHaveLength(7);
    for (const { body } of flood) expect(body).toMatchObject({ level: null, decision: { reason: "too_many_pending", ask_again: "later" } });
  });
});

describe("cumulative rules", () => {
  it("add amounts of one currency only: another is past the cap, and so is none", async () => {
    const pay: ToolInput = {
      name: "payments.make",
      action: "write",
      impact: "record",
      reversibility: "effort",
      justification: "small sums",
      arguments: { type: "object", properties: { amount: { type: "number" }, currency: { type: "string" } }, required: ["amount"] },
      decisive: [],
      sensitive: [],
    };
    agent = await world.agent(`payer-${made}`, olga, [pay]);
    await limits(
      "minute: 1000, day: 1000",
      "  - {name: cap, match: {}, over: {sum: arguments.amount, by: agent, window: 1h, cap: 100, unit: arguments.currency}, effect: require_approval}\n",
    );
    const send = async (amount: number, currency?: string) =>
      (await agent.ask({ tool: "payments.make", arguments: { amount, ...(currency && { currency }) } })).body.status;
    expect(await send(60, "EUR")).toBe("approved");
    expect(await send(1, "USD")).toBe("pending");
    expect(await send(1)).toBe("pending");
    expect(await send(40, "EUR")).toBe("approved");
    expect(await send(1, "EUR")).toBe("pending");
  });

  it("count what is asked, also while it waits, and give it back when it comes to nothing", async () => {
    await limits(
      "minute: 1000, day: 1000",
      `  - {name: cap, match: {tool: orders.refund}, over: {sum: arguments.amount, by: agent, window: 1h, cap: 100}, effect: require_approval}\n`,
    );
    expect((await refund(60)).body).toMatchObject({ status: "approved", risk: { reasons: ["all"] } });
    expect((await refund(40)).body).toMatchObject({ status: "approved" });
    const over = (await refund(25)).body;
    expect(over).toMatchObject({ status: "pending", risk: { reasons: ["cap", "over_sum"] } });
    const current = async () =>
      (
        await world.sql<{ current: string }>("select current::text from counters where key like 'sum %' and key like '%' || $1 || '%'", [
          agent.name,
        ])
      )[0]?.current;
    expect(await current()).toBe("125");
    expect((await world.decide(ana, over, "deny")).status).toBe(200);
    expect(await current()).toBe("100");
    const kept = (await refund(5)).body;
    expect((await world.decide(ana, kept, "approve")).status).toBe(200);
    expect(await current()).toBe("105");
  });

  it("take a negative amount for one past the cap", async () => {
    await limits(
      "minute: 1000, day: 1000",
      `  - {name: cap, match: {tool: orders.refund}, over: {sum: arguments.amount, by: agent, window: 1h, cap: 100}, effect: require_approval}\n`,
    );
    expect((await refund(-50)).body).toMatchObject({ status: "pending" });
  });

  it("admit exactly what fits the cap when a hundred ask at once", async () => {
    await limits(
      "minute: 1000, day: 1000",
      `  - {name: cap, match: {tool: orders.refund}, over: {sum: arguments.amount, by: agent, window: 1h, cap: 90}, effect: deny}\n`,
    );
    const answers = await Promise.all(Array.from({ length: 100 }, () => refund(7)));
    expect(answers.filter(({ body }) => body.status === "approved")).toHaveLength(12);
    expect(answers.filter(({ body }) => body.status === "denied")).toHaveLength(88);
  });

  it("see the same call ten times in a row, and not nine", async () => {
    await limits(
      "minute: 1000, day: 1000",
      "  - {name: stuck, match: {}, over: {repeats: 10, by: session, window: 1h}, effect: require_approval}\n",
    );
    const same = () => agent.ask({ tool: "tickets.read", arguments: { id: "t_same" } });
    for (let i = 0; i < 9; i++) expect((await same()).body.status).toBe("approved");
    expect((await read()).body.status).toBe("approved"); // another call between
    for (let i = 0; i < 9; i++) expect((await same()).body.status).toBe("approved");
    expect((await same()).body).toMatchObject({ status: "pending", risk: { reasons: ["stuck", "over_repeats"] } });
  });

  const REPEATS = "over: {repeats: 10, by: session, window: 1h}, effect: require_approval}\n";

  // A rule that meets every call reads the run from the session's requests; one that does not keeps a counter.
  it.each([
    ["every call", `  - {name: stuck, match: {}, ${REPEATS}`],
    ["some calls", `  - {name: stuck, match: {action: read}, ${REPEATS}`],
  ])("admit exactly nine of many same calls at once, by a rule for %s", async (_, rule) => {
    await limits("minute: 1000, day: 1000", rule);
    const session_id = `s_${rule.length}`;
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_each, n) =>
        agent.ask({ tool: "tickets.read", arguments: { id: "t_burst" }, session_id }, { "idempotency-key": `burst-${rule.length}-${n}` }),
      ),
    );
    const states = answers.map(({ body }) => body.status).sort();
    expect(states.filter((state) => state === "approved")).toHaveLength(9);
    expect(states.filter((state) => state === "pending")).toHaveLength(31);
  });

  it("forget a run when nothing came for as long as the window, and keep sessions apart", async () => {
    await limits("minute: 1000, day: 1000", `  - {name: stuck, match: {}, ${REPEATS}`);
    const same = (session_id: string) => agent.ask({ tool: "tickets.read", arguments: { id: "t_pause" }, session_id });
    for (let i = 0; i < 9; i++) expect((await same("s_pause")).body.status).toBe("approved");
    expect((await same("s_other")).body.status).toBe("approved");
    await world.moveClock(3_660);
    expect((await same("s_pause")).body.status).toBe("approved");
  });
});

describe("the explanation", () => {
  it("is kept once for all calls it holds for, and says why each rule did or did not decide", async () => {
    await limits("minute: 1000, day: 1000", "  - {name: deletes, match: {action: delete}, effect: deny}\n");
    const [one, two] = [(await read()).body, (await read()).body];
    const rows = await world.sql<{ digest: string; body: { tried: unknown[] } }>(
      "select distinct encode(e.digest, 'hex') as digest, e.body from requests r join explanations e on e.tenant_id = r.tenant_id and e.digest = r.explanation where r.id = any ($1)",
      [[one.id, two.id]],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.body.tried).toEqual([
      { part: "rule", name: "deletes", result: "not", why: "the action is read" },
      { part: "rule", name: "all", result: "matched", why: "it matches" },
    ]);
  });
});
