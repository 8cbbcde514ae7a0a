import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Approval } from "@/lib/approvals/schema";
import { doorValue } from "@/lib/db/door";
import { setRoles, setStatus } from "@/lib/people/members";
import { FIRST_TENANT } from "@/lib/people/setup";
import { problemOf } from "@/tests/support/problem";
import { OPERATOR, World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let kim: Person;
let ana: Person;
let ben: Person;
let cleo: Person;
let agent: Agent;
let asked = 0;

beforeAll(async () => {
  world = await World.start();
  kim = await world.person("Kim", ["admin"]);
  ana = await world.person("Ana", ["approver"]);
  ben = await world.person("Ben", ["approver"]);
  cleo = await world.person("Cleo", ["security_officer"]);
  await threeLevels();
  await world.freezeClock();
  await world.keepSignedIn();
});
afterAll(() => world.stop());
/** What one test leaves unanswered closes the tool for its own agent only. */
beforeEach(async () => {
  agent = await world.agent(`bot-${++asked}`, kim);
});

const threeLevels = () => world.chain("default", [{ people: [ana], after: 90 }, { people: [ben], after: 60 }, { people: [cleo] }]);

async function aDeletion(): Promise<Approval> {
  const { body } = await agent.ask({ arguments: { id: `u_${++asked}` } });
  expect(body).toMatchObject({ status: "pending", level: { number: 1, of: 3 } });
  return body;
}

const byHand = (person: Person, approval: Approval) => person.fetch(`${approval.links.self}/escalate`, { method: "POST" });

const moves = (id: string) =>
  world.sql<{ actor_kind: string; actor_id: string | null; at: string; detail: object }>(
    "select actor_kind, actor_id, at, detail from audit_records where request_id = $1 and event = 'approval.escalated' order by revision",
    [id],
  );

const pushed = async (id: string) =>
  (
    await world.sql<{ level: number; person_id: string }>("select level, person_id from outbox where request_id = $1 order by level", [id])
  ).map(({ level, person_id: person }) => [level, person]);

describe("escalation by time", () => {
  it("moves through three levels by the chain's times, each recorded with reason, time and target, each person told once", async () => {
    const deletion = await aDeletion();
    const start = Date.parse(deletion.created_at);
    expect(Date.parse(deletion.level?.next_at ?? "")).toBe(start + 90_000);
    await world.moveClock(89);
    await world.tick();
    expect((await world.read(deletion.id, agent)).level).toMatchObject({ number: 1 });
    await world.moveClock(1);
    await world.tick();
    await world.tick();
    const second = await world.read(deletion.id, agent);
    expect(second).toMatchObject({ level: { number: 2, of: 3, asks: "approver" }, revision: 2, content_version: 1 });
    expect(Date.parse(second.level?.next_at ?? "")).toBe(start + 150_000);
    await world.moveClock(60);
    await world.tick();
    const third = await world.read(deletion.id, agent);
    expect(third).toMatchObject({
      level: { number: 3, of: 3, asks: "security_officer", next_at: null },
      revision: 3,
      expires_at: deletion.expires_at,
    });
    expect(await moves(deletion.id)).toMatchObject([
      { actor_kind: "system", at: new Date(start + 90_000).toISOString(), detail: { why: "no_answer", from: 1, to: 2, asked: [ben.id] } },
      { actor_kind: "system", at: new Date(start + 150_000).toISOString(), detail: { why: "no_answer", from: 2, to: 3, asked: [cleo.id] } },
    ]);
    expect(await pushed(deletion.id)).toEqual([
      [1, ana.id],
      [2, ben.id],
      [3, cleo.id],
    ]);
    expect((await world.decide(ana, deletion, "approve")).status).toBe(200);
  });

  it("moves on from when a level was really asked, not from when it should have been: a late scheduler cuts nobody's time", async () => {
    const deletion = await aDeletion();
    await world.moveClock(120);
    await world.tick();
    const read = await world.read(deletion.id, agent);
    expect(read.level).toMatchObject({ number: 2 });
    expect(Date.parse(read.level?.next_at ?? "") - Date.parse(deletion.created_at)).toBe(180_000);
    await agent.fetch(`${deletion.links.self}/cancel`, { method: "POST" });
  });

  it("tells people's devices nothing below high risk", async () => {
    const { body } = await agent.ask({ tool: "orders.refund", arguments: { id: "o_1" } });
    await world.moveClock(90);
    await world.tick();
    expect(await world.read(body.id, agent)).toMatchObject({ status: "pending", level: { number: 2 } });
    expect(await pushed(body.id)).toEqual([]);
  });
});

describe("any number of schedulers at the same moment", () => {
  const all = (name: "escalate_due" | "expire_due") =>
    Promise.all(Array.from({ length: 8 }, () => doorValue<number>(FIRST_TENANT, name, [500])));

  it("move each request up once, and end each once", async () => {
    const ids = (await Promise.all(Array.from({ length: 100 }, () => aDeletion()))).map(({ id }) => id);
    const counts = () =>
      world.sql<{ event: string; n: number }>(
        "select event, count(*)::int as n from audit_records where request_id = any ($1) and event <> 'approval.requested' group by event order by event",
        [ids],
      );
    await world.moveClock(90);
    await all("escalate_due");
    expect(await counts()).toEqual([{ event: "approval.escalated", n: 100 }]);
    await world.moveClock(210);
    await all("expire_due");
    expect(await counts()).toEqual([
      { event: "approval.escalated", n: 100 },
      { event: "approval.expired", n: 100 },
    ]);
  });
});

describe("escalation by hand", () => {
  it("asks the next level at once; whoever sent it up may still decide", async () => {
    const deletion = await aDeletion();
    const response = await byHand(ana, deletion);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "pending", level: { number: 2 }, content_version: 1, revision: 2 });
    expect(await moves(deletion.id)).toMatchObject([
      { actor_kind: "person", actor_id: ana.id, detail: { why: "by_hand", from: 1, to: 2, asked: [ben.id] } },
    ]);
    expect((await byHand(ben, deletion)).status).toBe(200);
    expect(await problemOf(byHand(cleo, deletion))).toMatchObject({ status: 409, code: "last_level" });
    expect(await pushed(deletion.id)).toEqual([
      [1, ana.id],
      [2, ben.id],
      [3, cleo.id],
    ]);
    expect((await world.decide(ana, deletion, "deny")).status).toBe(200);
    expect(await problemOf(byHand(ana, deletion))).toMatchObject({ status: 409, code: "already_terminal" });
  });

  it("once, when two people do it at the same moment as the scheduler", async () => {
    await world.chain("default", [{ people: [ana, ben], after: 90 }, { people: [cleo] }]);
    const { body } = await agent.ask({ arguments: { id: `u_${++asked}` } });
    await world.moveClock(90);
    const answers = await Promise.all([byHand(ana, body), byHand(ben, body), world.tick()]);
    expect((await moves(body.id)).length).toBe(1);
    for (const answer of answers.slice(0, 2)) expect([200, 409]).toContain(answer?.status);
    await threeLevels();
  });

  it("is for who may decide: not for a level not asked yet, an owner or an agent, and not after the deadline", async () => {
    const deletion = await aDeletion();
    expect(await problemOf(byHand(cleo, deletion))).toMatchObject({ status: 403, code: "not_asked" });
    expect(await problemOf(byHand(kim, deletion))).toMatchObject({ status: 403, code: "role_needed" });
    expect(await problemOf(agent.fetch(`${deletion.links.self}/escalate`, { method: "POST" }))).toMatchObject({
      status: 403,
      code: "wrong_credential",
    });
    await world.moveClock(300);
    expect(await problemOf(byHand(ana, deletion))).toMatchObject({ status: 409, code: "expired" });
  });
});

describe("people who leave while a request waits", () => {
  it("are passed over: the next level is asked at once, and the record says why", async () => {
    const pat = await world.person("Pat", ["approver"]);
    await world.chain("default", [{ people: [pat], after: 90 }, { people: [ben], after: 60 }, { people: [cleo] }]);
    const deletion = await aDeletion();
    await setStatus(FIRST_TENANT, OPERATOR, pat.id, "disabled");
    await world.tick();
    expect(await world.read(deletion.id, agent)).toMatchObject({ status: "pending", level: { number: 2 } });
    expect(await moves(deletion.id)).toMatchObject([{ detail: { why: "nobody_able", from: 1, to: 2, asked: [ben.id] } }]);
    await threeLevels();
  });

  it("leave those who are still able: nothing is asked anew, nothing is counted as an event", async () => {
    await world.chain("default", [{ people: [ana, ben], after: 90 }, { people: [cleo] }]);
    const { body } = await agent.ask({ arguments: { id: `u_${++asked}` } });
    await setRoles(FIRST_TENANT, OPERATOR, ana.id, ["auditor"]);
    await world.tick();
    const read = await world.read(body.id, agent);
    expect(read).toMatchObject({ status: "pending", level: { number: 1, next_at: body.level?.next_at }, revision: 1 });
    await setRoles(FIRST_TENANT, OPERATOR, ana.id, ["approver"]);
    await threeLevels();
  });

  it("take the level above with them: the level asked now is then the last, until the deadline", async () => {
    await world.chain("default", [{ people: [ana], after: 90 }, { people: [ben] }]);
    const { body } = await agent.ask({ arguments: { id: `u_${++asked}` } });
    await setRoles(FIRST_TENANT, OPERATOR, ben.id, ["owner"]);
    await world.tick();
    await world.moveClock(90);
    await world.tick();
    expect(await world.read(body.id, agent)).toMatchObject({ status: "pending", level: { number: 1, next_at: null }, revision: 1 });
    await setRoles(FIRST_TENANT, OPERATOR, ben.id, ["approver"]);
    await threeLevels();
  });

  it("leave nobody: denied, with no_approver as the reason, and nobody can approve it any more", async () => {
    const deletion = await aDeletion();
    for (const person of [ana, ben, cleo]) await setRoles(FIRST_TENANT, OPERATOR, person.id, ["owner"]);
    await world.tick();
    expect(await world.read(deletion.id, agent)).toMatchObject({
      status: "denied",
      decision: { by: "policy", reason: "no_approver", ask_again: "changed" },
    });
    for (const person of [ana, ben]) await setRoles(FIRST_TENANT, OPERATOR, person.id, ["approver"]);
    await setRoles(FIRST_TENANT, OPERATOR, cleo.id, ["security_officer"]);
    expect(await problemOf(world.decide(ana, deletion, "approve"))).toMatchObject({ status: 409, code: "already_terminal" });
  });

  it("are looked for in every request that waits, however many there are", async () => {
    const all = await Promise.all(Array.from({ length: 30 }, () => aDeletion()));
    await setRoles(FIRST_TENANT, OPERATOR, ana.id, ["owner"]);
    // The scheduler's own loop, with batches smaller than what waits.
    for (let round = 0; round < 20; round++) await doorValue(FIRST_TENANT, "escalate_due", [7]);
    const levels = await Promise.all(all.map(async ({ id }) => (await world.read(id, agent)).level?.number));
    expect(new Set(levels)).toEqual(new Set([2]));
    expect(await doorValue(FIRST_TENANT, "escalate_due", [7])).toBe(0);
    await setRoles(FIRST_TENANT, OPERATOR, ana.id, ["approver"]);
  });
});
