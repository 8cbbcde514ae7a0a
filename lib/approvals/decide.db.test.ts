import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Approval } from "@/lib/approvals/schema";
import { createKey } from "@/lib/credentials/agent-keys";
import { addPerson, setRoles, setStatus } from "@/lib/people/members";
import { FIRST_TENANT } from "@/lib/people/setup";
import { problemOf } from "@/tests/support/problem";
import { OPERATOR, World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let kim: Person;
let lee: Person;
let olga: Person;
let agent: Agent;
let asked = 0;

beforeAll(async () => {
  world = await World.start();
  kim = await world.person("Kim", ["approver", "admin"]);
  lee = await world.person("Lee", ["approver"]);
  olga = await world.person("Olga", ["owner", "approver"]);
  agent = await world.agent("support-bot", olga);
  await world.chain("default", [{ people: [kim, lee, olga], after: 60 }, { people: [await world.person("Mia", ["approver"])] }]);
});
afterAll(() => world.stop());

/** A refund: medium risk, 15 minutes. Each with an amount of its own. */
async function aRefund(by: Agent = agent): Promise<Approval> {
  const { body } = await by.ask({ tool: "orders.refund", arguments: { id: "o_1", amount: ++asked } });
  expect(body.status).toBe("pending");
  return body;
}

const click = (person: { fetch: Person["fetch"] }, approval: Approval, json: object, headers: Record<string, string> = {}) =>
  person.fetch(`${approval.links.self}/decision`, {
    method: "POST",
    json: { verdict: "approve", digest: approval.action_digest, ...json },
    headers: { "if-match": `"${approval.content_version}"`, ...headers },
  });

describe("a decision", () => {
  it("approves: the agent reads who may use what, how long and how often", async () => {
    const refund = await aRefund();
    const response = await world.decide(kim, refund, "approve", { comment: " Fine. " });
    expect(response.status).toBe(200);
    expect(response.headers.get("etag")).toBe('"1"');
    const read = await world.read(refund.id, agent);
    expect(read).toMatchObject({
      status: "approved",
      revision: 2,
      scope: { requested: "orders:refund", granted: "orders:refund" },
      decision: { by: "person", reason: "person", comment: "Fine.", validity: "once", uses_left: 1, ask_again: null },
      level: null,
    });
    expect(Date.parse(read.decision?.use_by ?? "") - Date.parse(read.decision?.at ?? "")).toBe(600_000);
  });

  it("denies: the agent reads why", async () => {
    const refund = await aRefund();
    expect((await world.decide(kim, refund, "deny", { reason: "wrong_target", comment: "That order is another customer's." })).status).toBe(
      200,
    );
    expect(await world.read(refund.id, agent)).toMatchObject({
      status: "denied",
      scope: { granted: null },
      decision: {
        by: "person",
        deny_reason: "wrong_target",
        comment: "That order is another customer's.",
        ask_again: "no",
        use_by: null,
        uses_left: null,
        validity: null,
      },
    });
  });

  it("leaves a record of who, what, which version and how they proved who they are", async () => {
    const refund = await aRefund();
    await world.decide(kim, refund, "approve");
    const [record] = await world.sql<object>("select * from audit_records where request_id = $1 and event = 'approval.approved'", [
      refund.id,
    ]);
    expect(record).toMatchObject({
      actor_kind: "person",
      actor_id: kim.id,
      result_status: "success",
      requested_scope: "orders:refund",
      granted_scope: "orders:refund",
      resource_id: "/orders/o_1/refunds",
      revision: 2,
      detail: { version: 1, level: 1, authenticated_by: "session" },
    });
  });

  it("happens once when two people approve at once", async () => {
    for (let round = 0; round < 20; round++) {
      const refund = await aRefund();
      const answers = await Promise.all([world.decide(kim, refund, "approve"), world.decide(lee, refund, round % 2 ? "approve" : "deny")]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const winner = answers[0]?.status === 200 ? kim : lee;
      const [row] = await world.sql<{ decided_person: string }>("select decided_person from requests where id = $1", [refund.id]);
      expect(row?.decided_person).toBe(winner.id);
    }
  });

  it("says that it was decided before, and as what", async () => {
    const refund = await aRefund();
    await world.decide(kim, refund, "approve");
    expect(await problemOf(world.decide(lee, refund, "deny"))).toMatchObject({ status: 409, code: "already_terminal", state: "approved" });
  });

  it("is refused after the deadline although no scheduler runs, and the agent reads the silence", async () => {
    const refund = await aRefund();
    await world.moveClock(900);
    expect(await problemOf(world.decide(kim, refund, "approve"))).toMatchObject({ status: 409, code: "expired" });
    await world.moveClock(-900);
    expect(await world.read(refund.id, agent)).toMatchObject({ status: "expired", decision: { by: "silence", reason: "silence" } });
  });

  it("is refused when it waited for the row until the deadline was over", async () => {
    const refund = await aRefund();
    const holder = await world.database.admin.connect();
    try {
      await holder.query("begin");
      await holder.query("select from requests where id = $1 for update", [refund.id]);
      const deciding = world.decide(kim, refund, "approve");
      await expect.poll(() => world.sql("select from pg_locks where not granted")).not.toHaveLength(0);
      await world.moveClock(900);
      await holder.query("commit");
      expect(await problemOf(deciding)).toMatchObject({ status: 409, code: "expired" });
    } finally {
      holder.release();
      await world.moveClock(-900);
    }
    expect(await world.read(refund.id, agent)).toMatchObject({ status: "expired" });
  });

  it("cannot be written after the deadline by anybody, not even past the functions", async () => {
    const refund = await aRefund();
    await world.moveClock(900);
    const write = world.sql(
      `update requests set state = 'approved', decided_at = created_at, decided_by = 'person', decided_person = $2, outcome = 'person',
         revision = 2, use_by = expires_at, uses_left = 1, validity = 'once', level_due_at = null where id = $1`,
      [refund.id, kim.id],
    );
    await expect(write).rejects.toThrow(/at or after its deadline/);
    await world.moveClock(-900);
  });
});

describe("what the person read", () => {
  it("must be named: 428 without If-Match, 422 where it is no version", async () => {
    const refund = await aRefund();
    const bare = kim.fetch(`${refund.links.self}/decision`, { method: "POST", json: { verdict: "deny", digest: refund.action_digest } });
    expect(await problemOf(bare)).toMatchObject({ status: 428, code: "version_missing" });
    expect(await problemOf(click(kim, refund, {}, { "if-match": "*" }))).toMatchObject({ status: 422, code: "bad_version" });
  });

  it("may have escalated meanwhile: that makes no click stale", async () => {
    const refund = await aRefund();
    expect((await kim.fetch(`${refund.links.self}/escalate`, { method: "POST" })).status).toBe(200);
    expect((await world.read(refund.id, agent)).revision).toBe(2);
    expect((await click(lee, refund, {})).status).toBe(200);
  });

  it("must be the present version: a new one makes the click stale, and nothing is decided", async () => {
    const refund = await aRefund();
    await world.newVersion(refund.id);
    expect(await problemOf(click(kim, refund, {}))).toMatchObject({ status: 412, code: "stale", state: "pending" });
    const read = await kim.fetch(refund.links.self);
    expect(read.headers.get("etag")).toBe('"2"');
    expect((await click(kim, refund, {}, { "if-match": '"2"' })).status).toBe(200);
  });

  it("must be this action: another digest is refused", async () => {
    const [refund, other] = [await aRefund(), await aRefund()];
    expect(await problemOf(click(kim, refund, { digest: other.action_digest }))).toMatchObject({ status: 412, code: "stale" });
    expect(await problemOf(click(kim, refund, { digest: "yes" }))).toMatchObject({ status: 422 });
    expect(await world.read(refund.id, agent)).toMatchObject({ status: "pending", revision: 1 });
  });

  it.each([
    ["an unknown verdict", { verdict: "maybe" }],
    ["a field that is not known", { level: 3 }],
    ["a denial's reason with an approval", { reason: "other" }],
    ["a reason that is not one of ours", { verdict: "deny", reason: "mood" }],
    ["a validity that does not exist yet", { validity: "session" }],
  ])("is no way to send %s", async (_what, json) => {
    expect(await problemOf(click(kim, await aRefund(), json))).toMatchObject({ status: 422, code: "invalid_request" });
  });
});

describe("who decides", () => {
  it("is not the agent's owner, although the chain names them", async () => {
    const refund = await aRefund();
    for (const verdict of ["approve", "deny"] as const) {
      expect(await problemOf(world.decide(olga, refund, verdict))).toMatchObject({ status: 403, code: "requester" });
    }
    expect(await world.read(refund.id, agent)).toMatchObject({ status: "pending" });
    const [record] = await world.sql<object>(
      "select actor_id, detail from audit_records where request_id = $1 and event = 'approval.decision_refused'",
      [refund.id],
    );
    expect(record).toMatchObject({ actor_id: olga.id, detail: { why: "requester", verdict: "approve" } });
  });

  it("is not who became the agent's owner after it was asked", async () => {
    const other = await world.agent("handed-over", olga);
    const refund = await aRefund(other);
    expect((await kim.fetch(`/api/v1/agents/${other.id}`, { method: "PATCH", json: { owner: lee.id } })).status).toBeLessThan(300);
    expect(await problemOf(world.decide(lee, refund, "approve"))).toMatchObject({ status: 403, code: "requester" });
    expect((await world.decide(kim, refund, "approve")).status).toBe(200);
  });

  it("is not who made the key it was asked with, and may be for another key of the same agent", async () => {
    const { id: keyId, key } = await createKey(FIRST_TENANT, { kind: "person", id: lee.id }, agent.id);
    const withLeesKey: Agent = { ...agent, keyId, key, fetch: world.fetcher({ authorization: `Bearer ${key}` }) };
    const json = { tool: "orders.refund", arguments: { id: "o_1", amount: ++asked }, reason: "r", session_id: "s_1" };
    const refund = (await (await withLeesKey.fetch("/api/v1/approvals", { method: "POST", json })).json()) as Approval;
    expect(await problemOf(world.decide(lee, refund, "approve"))).toMatchObject({ status: 403, code: "requester" });
    expect((await world.decide(lee, await aRefund(), "approve")).status).toBe(200);
  });

  it("cannot be the owner again under a second name: an account is one person of a tenant", async () => {
    const again = addPerson(FIRST_TENANT, OPERATOR, { name: "Olga again", email: olga.email, roles: ["approver"], password: null });
    await expect(again).rejects.toMatchObject({ code: "already_member" });
    const twice = world.sql("insert into people (tenant_id, account_id, name, roles) values ($1, $2, 'Olga too', '{approver}')", [
      FIRST_TENANT,
      olga.accountId,
    ]);
    await expect(twice).rejects.toThrow();
  });

  it("is nobody of a level that was not asked yet; after the escalation both levels may", async () => {
    const mia = await world.person("Mia Two", ["approver"]);
    await world.chain("default", [{ people: [kim, lee, olga], after: 60 }, { people: [mia] }]);
    const [one, two] = [await aRefund(), await aRefund()];
    expect(await problemOf(world.decide(mia, one, "approve"))).toMatchObject({ status: 403, code: "not_asked" });
    for (const refund of [one, two]) await kim.fetch(`${refund.links.self}/escalate`, { method: "POST" });
    expect((await world.decide(mia, one, "approve")).status).toBe(200);
    expect((await world.decide(lee, two, "approve")).status).toBe(200);
  });

  it("is nobody outside the chain, and nobody whom the chain in force names no more", async () => {
    const nina = await world.person("Nina", ["approver"]);
    const refund = await aRefund();
    expect(await problemOf(world.decide(nina, refund, "approve"))).toMatchObject({ status: 403, code: "not_asked" });
    await world.chain("default", [{ people: [kim, nina] }]);
    // Named now, but not in the chain as it was when this was asked.
    expect(await problemOf(world.decide(nina, refund, "approve"))).toMatchObject({ status: 403, code: "not_asked" });
    expect(await problemOf(world.decide(lee, refund, "approve"))).toMatchObject({ status: 403, code: "not_asked" });
    expect((await world.decide(kim, refund, "approve")).status).toBe(200);
    await world.chain("default", [{ people: [kim, lee, olga] }]);
  });

  it.each([["auditor"], ["owner"], ["admin"]] as const)("is nobody who is only %s", async (role) => {
    const person = await world.person(`Only ${role}`, [role]);
    expect(await problemOf(world.decide(person, await aRefund(), "approve"))).toMatchObject({ status: 403, code: "role_needed" });
  });

  it("is nobody who lost the role a moment ago, whatever this process remembers of their session", async () => {
    const refund = await aRefund();
    expect((await world.decide(lee, await aRefund(), "approve")).status).toBe(200);
    await setRoles(FIRST_TENANT, OPERATOR, lee.id, ["auditor"]);
    expect(await problemOf(world.decide(lee, refund, "approve"))).toMatchObject({ status: 403 });
    await setRoles(FIRST_TENANT, OPERATOR, lee.id, ["approver"]);
  });

  it("is nobody whose session ended or who was disabled a moment ago", async () => {
    const refund = await aRefund();
    const pat = await world.person("Pat", ["approver"]);
    await world.chain("default", [{ people: [kim, lee, olga, pat] }]);
    const later = await aRefund();
    expect((await world.decide(pat, later, "approve")).status).toBe(200);
    await pat.fetch("/api/v1/session/sign-out-everywhere", { method: "POST" });
    expect(await problemOf(world.decide(pat, refund, "approve"))).toMatchObject({ status: 401, code: "unauthorized" });
    await setStatus(FIRST_TENANT, OPERATOR, lee.id, "disabled");
    expect(await problemOf(world.decide(lee, refund, "approve"))).toMatchObject({ status: 401 });
  });

  it("is never an agent", async () => {
    const refund = await aRefund();
    expect(await problemOf(click(agent, refund, {}))).toMatchObject({ status: 403, code: "wrong_credential" });
    const both = world.fetcher({ authorization: `Bearer ${agent.key}`, cookie: kim.cookie });
    expect(await problemOf(click({ fetch: both }, refund, {}))).toMatchObject({ status: 403, code: "wrong_credential" });
    expect(await problemOf(click({ fetch: world.fetcher({}) }, refund, {}))).toMatchObject({ status: 401 });
  });

  it.each([
    ["another site's page", { origin: "https://evil.example" }],
    ["a page in a frame's sandbox", { origin: "null" }],
    ["another site, as the browser says", { "sec-fetch-site": "cross-site" }],
    ["a sibling of our host", { "sec-fetch-site": "same-site" }],
  ])("is not %s with the person's cookie", async (_who, headers) => {
    const refund = await aRefund();
    expect(await problemOf(click(kim, refund, {}, headers))).toMatchObject({ status: 403, code: "cross_origin" });
    expect(await world.read(refund.id, agent)).toMatchObject({ status: "pending" });
  });
});

describe("a request of which nobody knows", () => {
  it("is 404, to read and to decide", async () => {
    const refund = await aRefund();
    const nowhere = { ...refund, links: { ...refund.links, self: "/api/v1/approvals/01890000-0000-7000-8000-000000000000" } };
    expect(await problemOf(click(kim, nowhere, {}))).toMatchObject({ status: 404 });
    expect(await problemOf(kim.fetch(nowhere.links.self))).toMatchObject({ status: 404 });
  });
});
