import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Approval } from "@/lib/approvals/schema";
import { endGrant, listGrants } from "@/lib/catalog/grants";
import { withTenant } from "@/lib/db/tenant";
import { FIRST_TENANT } from "@/lib/people/setup";
import { OPERATOR, World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let [ana, ben, sam, dee, olga]: Person[] = [];
let agent: Agent;
let made = 0;

const person = (known: Person | undefined): Person => {
  if (!known) throw new Error("nobody");
  return known;
};

beforeAll(async () => {
  world = await World.start();
  ana = await world.person("Ana");
  ben = await world.person("Ben");
  sam = await world.person("Sam", ["security_officer"]);
  dee = await world.person("Dee", ["approver", "security_officer"]);
  olga = await world.person("Olga", ["owner"]);
  await world.keepSignedIn();
});
afterAll(() => world.stop());
beforeEach(async () => {
  agent = await world.agent(`bot-${++made}`, person(olga));
  await world.chain("default", [{ people: [person(ana), person(ben), person(sam), person(dee)] }]);
});

const rule = (more: string) => world.policy(`rules: [{name: several, match: {}, effect: require_approval, ${more}}]\n# ${made}\n`);
const ask = async (tool = "tickets.note") =>
  (await agent.ask({ tool, arguments: { id: tool === "users.delete" ? `u_${made}` : `q_${made}` } })).body;
const code = async (answer: Promise<Response>) => ((await (await answer).json()) as { code?: string }).code;
const state = async (asked: Approval) => world.read(asked.id, agent);

describe("a rule that asks for several people", () => {
  it("is satisfied by so many, and by no fewer", async () => {
    await rule("quorum: 2");
    const asked = await ask();
    expect(asked).toMatchObject({ status: "pending", votes: { needed: 2, given: 0 } });
    const first = await world.decide(person(ana), asked, "approve");
    expect([first.status, await first.json()]).toMatchObject([200, { status: "pending", votes: { given: 1 } }]);
    expect(await state(asked)).toMatchObject({ status: "pending", votes: { needed: 2, given: 1 } });
    expect((await world.decide(person(ben), asked, "approve")).status).toBe(200);
    expect(await state(asked)).toMatchObject({ status: "approved", decision: { by: "person" }, votes: { given: 2 } });
    const voted = await world.sql("select verdict from votes where request_id = $1", [asked.id]);
    expect(voted).toHaveLength(2);
    const events = await world.sql<{ event: string }>("select event from audit_records where request_id = $1 order by id", [asked.id]);
    expect(events.map(({ event }) => event)).toEqual(["approval.requested", "approval.voted", "approval.approved"]);
  });

  it("counts each person once, also when both clicks come at once", async () => {
    await rule("quorum: 2");
    const asked = await ask();
    const codes = await Promise.all([1, 2, 3].map(() => code(world.decide(person(ana), asked, "approve"))));
    expect(codes.filter((each) => each === "already_voted")).toHaveLength(2);
    expect(await code(world.decide(person(ana), asked, "deny"))).toBe("already_voted");
    expect(await state(asked)).toMatchObject({ status: "pending", votes: { given: 1 } });
  });

  it("takes two that come at once for two, and a third is too late", async () => {
    await rule("quorum: 2");
    const asked = await ask();
    const codes = await Promise.all([ana, ben, sam].map((each) => code(world.decide(person(each), asked, "approve"))));
    expect(codes.filter((each) => each === "already_terminal")).toHaveLength(1);
    expect((await state(asked)).status).toBe("approved");
    expect(await world.sql("select person_id from votes where request_id = $1", [asked.id])).toHaveLength(2);
  });

  it("is denied by one", async () => {
    await rule("quorum: 2");
    const asked = await ask();
    await world.decide(person(ana), asked, "approve");
    await world.decide(person(ben), asked, "deny");
    expect((await state(asked)).status).toBe("denied");
  });

  it("wants of each role as many as it says, and nobody counts for both", async () => {
    await rule("quorum: {approver: 1, security_officer: 1}");
    const asked = await ask();
    await world.decide(person(ana), asked, "approve");
    await world.decide(person(ben), asked, "approve");
    expect((await state(asked)).status).toBe("pending");
    await world.decide(person(sam), asked, "approve");
    expect((await state(asked)).status).toBe("approved");

    await rule("quorum: {approver: 1, security_officer: 1} ");
    const both = (await agent.ask({ tool: "tickets.note", arguments: { id: "both" } })).body;
    await world.decide(person(dee), both, "approve");
    expect((await state(both)).status).toBe("pending");
    await world.decide(person(ana), both, "approve");
    expect((await state(both)).status).toBe("approved");
  });

  it("forgets the vote of somebody who may not decide any more", async () => {
    await rule("quorum: 2");
    const asked = await ask();
    await world.decide(person(ana), asked, "approve");
    await world.chain("default", [{ people: [person(ben), person(sam), person(dee)] }]);
    await world.decide(person(ben), asked, "approve");
    expect((await state(asked)).status).toBe("pending");
    await world.decide(person(sam), asked, "approve");
    expect((await state(asked)).status).toBe("approved");
  });

  it("begins anew with another version of what is asked", async () => {
    await rule("quorum: 2");
    const asked = await ask();
    await world.decide(person(ana), asked, "approve");
    await world.newVersion(asked.id);
    const again = await state(asked);
    expect(again).toMatchObject({ status: "pending", votes: { given: 0 } });
    await world.decide(person(ben), again, "approve");
    expect((await state(asked)).status).toBe("pending");
  });

  it("at high risk has each of them confirm", async () => {
    await rule("quorum: 2");
    const asked = await ask("users.delete");
    expect(asked.risk.level).toBe("high");
    const bare = { verdict: "approve", digest: asked.action_digest };
    const send = (by: Person) =>
      by.fetch(`/api/v1/approvals/${asked.id}/decision`, { method: "POST", json: bare, headers: { "if-match": '"1"' } });
    expect((await world.decide(person(ana), asked, "approve")).status).toBe(200);
    expect(await code(send(person(ben)))).toBe("confirm_mismatch");
    expect((await world.decide(person(ben), asked, "approve")).status).toBe(200);
    expect((await state(asked)).status).toBe("approved");
  });

  it("is denied at once where its chain cannot answer it", async () => {
    await world.chain("default", [{ people: [person(ana)] }]);
    await rule("quorum: 2");
    expect(await ask()).toMatchObject({ status: "denied", decision: { reason: "no_quorum" } });
    await rule("quorum: {treasurers: 1}");
    expect(await ask()).toMatchObject({ status: "denied", decision: { reason: "no_quorum" } });
  });

  it("shows who has approved on the review page, and that you have", async () => {
    await rule("quorum: 2");
    const asked = await ask();
    await world.decide(person(ana), asked, "approve");
    const review = (await (await person(ana).fetch(`/api/v1/approvals/${asked.id}/review`)).json()) as object;
    expect(review).toMatchObject({ quorum: { needed: 2, votes: [{ name: "Ana" }] }, you: { refusal: "already_voted" } });
    const other = (await (await person(ben).fetch(`/api/v1/approvals/${asked.id}/review`)).json()) as object;
    expect(other).toMatchObject({ you: { refusal: null } });
  });
});

describe("what silence allows", () => {
  const opted = "rules: [{name: quiet, match: {risk: low}, effect: require_approval, on_timeout: allow, timeout: 60s}]\n";
  const read = async () => (await agent.ask({ tool: "tickets.read", arguments: { id: `silent_${made}` } })).body;
  beforeEach(() => world.policy(`${opted}# ${made}\n`));

  it("is allowed by policy one second before the deadline, where somebody had it on screen", async () => {
    const asked = await read();
    expect(asked.status).toBe("pending");
    await person(ana).fetch(`/api/v1/approvals/${asked.id}/review`);
    await world.moveClock(58);
    await world.tick();
    expect((await state(asked)).status).toBe("pending");
    await world.moveClock(1.5);
    await world.tick();
    expect(await state(asked)).toMatchObject({ status: "approved", decision: { by: "policy", reason: "allowed_on_timeout" } });
    expect(
      await world.sql(
        "select actor_kind, detail ->> 'outcome' as outcome from audit_records where request_id = $1 and event = 'approval.approved'",
        [asked.id],
      ),
    ).toEqual([{ actor_kind: "policy", outcome: "allowed_on_timeout" }]);
  });

  it("stays denied where nobody was told, where the scheduler is dead, and where policy did not opt in", async () => {
    await world.sql("update sessions set last_seen_at = '2020-01-01' where ended_at is null");
    const told = await read();
    await world.moveClock(59.5);
    await world.tick();
    await world.moveClock(1);
    await world.tick();
    expect((await state(told)).status).toBe("expired");

    await world.keepSignedIn();
    agent = await world.agent(`bot-${++made}`, person(olga)); // the tool is blocked for the other
    const late = await read();
    await person(ana).fetch(`/api/v1/approvals/${late.id}/review`);
    await world.moveClock(61);
    await world.tick();
    expect((await state(late)).status).toBe("expired");

    agent = await world.agent(`bot-${++made}`, person(olga));
    await world.policy(`${opted.replace(", on_timeout: allow", "")}# no ${made}\n`);
    const no = await read();
    await person(ana).fetch(`/api/v1/approvals/${no.id}/review`);
    await world.moveClock(59.5);
    await world.tick();
    expect((await state(no)).status).toBe("pending");
  });

  it("is not allowed to an agent that may not have it any more", async () => {
    const asked = await read();
    await person(ana).fetch(`/api/v1/approvals/${asked.id}/review`);
    const grants = await listGrants(FIRST_TENANT, agent.id);
    await withTenant(FIRST_TENANT, OPERATOR, async (orm) => {
      for (const { id } of grants) await endGrant(orm, FIRST_TENANT, id);
    });
    await world.moveClock(59.5);
    await world.tick();
    expect((await state(asked)).status).toBe("pending");
  });
});
