import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Approval } from "@/lib/approvals/schema";
import { addPerson } from "@/lib/people/members";
import { FIRST_TENANT } from "@/lib/people/setup";
import { problemOf } from "@/tests/support/problem";
import { OPERATOR, PASSWORD, TOOLS, World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let kim: Person;
let lee: Person;
let agent: Agent;
let asked = 0;

beforeAll(async () => {
  world = await World.start();
  kim = await world.person("Kim", ["approver"]);
  lee = await world.person("Lee", ["security_officer"]);
  const purge = {
    ...TOOLS.delete,
    name: "users.purge",
    title: "Purge",
    path: undefined,
    arguments: { type: "object", properties: { id: {} } },
  };
  agent = await world.agent("support-bot", await world.person("Olga", ["owner"]), [...Object.values(TOOLS), purge]);
  await world.chain("default", [{ people: [kim, lee] }]);
});
afterAll(() => world.stop());

let deletion: Approval;
let id: string;
beforeEach(async () => {
  id = `u_${++asked}`;
  deletion = (await agent.ask({ arguments: { id } })).body;
  expect(deletion).toMatchObject({ status: "pending", risk: { level: "high" }, decisive: ["/id"] });
});

const approve = (person: Person, json: object = { confirm: { "/id": id } }, approval = deletion) =>
  person.fetch(`${approval.links.self}/decision`, {
    method: "POST",
    json: { verdict: "approve", digest: approval.action_digest, ...json },
    headers: { "if-match": `"${approval.content_version}"` },
  });

describe("approving high risk", () => {
  it("needs the decisive value and the password, both", async () => {
    expect(await problemOf(approve(kim))).toMatchObject({ status: 403, code: "step_up_required" });
    expect((await world.stepUp(kim, deletion.id)).status).toBe(200);
    expect(await problemOf(approve(kim, {}))).toMatchObject({ status: 422, code: "confirm_mismatch", pointers: ["/confirm/id"] });
    expect(await problemOf(approve(kim, { confirm: { "/id": `${id}0` } }))).toMatchObject({ status: 422, code: "confirm_mismatch" });
    expect(await problemOf(approve(kim, { confirm: { id } }))).toMatchObject({ status: 422, code: "confirm_mismatch" });
    expect(await world.read(deletion.id, agent)).toMatchObject({ status: "pending" });
    expect((await approve(kim)).status).toBe(200);
    const [vote] = await world.sql<object>("select authenticated_by from votes where request_id = $1", [deletion.id]);
    expect(vote).toEqual({ authenticated_by: "password" });
  });

  it("takes no confirmation for a decisive value that is null", async () => {
    const { body } = await agent.ask({ tool: "users.purge", arguments: { id: null } });
    await world.stepUp(kim, body.id);
    expect(body).toMatchObject({ status: "pending", decisive: ["/id"] });
    expect(await problemOf(approve(kim, {}, body))).toMatchObject({ status: 422, code: "confirm_mismatch" });
    expect((await approve(kim, { confirm: { "/id": null } }, body)).status).toBe(200);
  });

  it("takes a step-up for this request only", async () => {
    const { body: other } = await agent.ask({ arguments: { id: "u_other" } });
    await world.stepUp(kim, other.id);
    expect(await problemOf(approve(kim))).toMatchObject({ status: 403, code: "step_up_required" });
  });

  it("takes a step-up of this person only", async () => {
    await world.stepUp(lee, deletion.id);
    expect(await problemOf(approve(kim))).toMatchObject({ status: 403, code: "step_up_required" });
    expect((await approve(lee)).status).toBe(200);
  });

  it("takes a step-up of this session only", async () => {
    await world.stepUp(kim, deletion.id);
    const elsewhere = { ...kim, fetch: world.fetcher({ cookie: await world.cookie(kim.accountId) }) };
    expect(await problemOf(approve(elsewhere))).toMatchObject({ status: 403, code: "step_up_required" });
  });

  it("takes a step-up for this version only", async () => {
    await world.stepUp(kim, deletion.id);
    await world.newVersion(deletion.id);
    const now = await world.read(deletion.id, kim);
    expect(await problemOf(approve(kim, { confirm: { "/id": id } }, now))).toMatchObject({ status: 403, code: "step_up_required" });
    await world.stepUp(kim, deletion.id);
    expect((await approve(kim, { confirm: { "/id": id } }, now)).status).toBe(200);
  });

  it("takes a step-up for two minutes", async () => {
    await world.stepUp(kim, deletion.id);
    await world.moveClock(121);
    expect(await problemOf(approve(kim))).toMatchObject({ status: 403, code: "step_up_required" });
    await world.stepUp(kim, deletion.id);
    await world.moveClock(110);
    expect((await approve(kim)).status).toBe(200);
  });

  it("spends the step-up", async () => {
    await world.stepUp(kim, deletion.id);
    expect((await approve(kim)).status).toBe(200);
    const [row] = await world.sql<{ used: boolean }>("select used_at is not null as used from step_ups where request_id = $1", [
      deletion.id,
    ]);
    expect(row?.used).toBe(true);
  });

  it("shows a chance only to who may decide: an agent cannot step up, an owner neither", async () => {
    const json = { password: PASSWORD, approval: deletion.id };
    expect(await problemOf(agent.fetch("/api/v1/session/step-up", { method: "POST", json }))).toMatchObject({
      status: 403,
      code: "wrong_credential",
    });
    const otto = await world.person("Otto", ["owner"]);
    expect(await problemOf(otto.fetch("/api/v1/session/step-up", { method: "POST", json }))).toMatchObject({
      status: 403,
      code: "role_needed",
    });
  });

  it("is too late for what was decided", async () => {
    await world.decide(lee, deletion, "deny");
    expect(await problemOf(world.stepUp(kim, deletion.id))).toMatchObject({ status: 409, code: "already_terminal" });
  });
});

describe("denying high risk", () => {
  it("needs neither", async () => {
    const response = await kim.fetch(`${deletion.links.self}/decision`, {
      method: "POST",
      json: { verdict: "deny", digest: deletion.action_digest },
      headers: { "if-match": '"1"' },
    });
    expect(response.status).toBe(200);
  });
});

describe("a person without a password", () => {
  it("cannot approve high risk, and is told so; they may deny", async () => {
    const personId = await addPerson(FIRST_TENANT, OPERATOR, {
      name: "Sso",
      email: "sso@example.org",
      roles: ["approver"],
      password: null,
    });
    const [row] = await world.sql<{ account_id: string }>("select account_id from people where id = $1", [personId]);
    const cookie = await world.cookie(row?.account_id ?? "");
    const sso: Person = {
      id: personId,
      accountId: row?.account_id ?? "",
      email: "sso@example.org",
      cookie,
      fetch: world.fetcher({ cookie }),
    };
    await world.chain("default", [{ people: [kim, lee, sso] }]);
    const { body } = await agent.ask({ arguments: { id: "u_sso" } });
    expect(await problemOf(world.stepUp(sso, body.id))).toMatchObject({ status: 409, code: "no_password" });
    expect(await problemOf(approve(sso, { confirm: { "/id": "u_sso" } }, body))).toMatchObject({ status: 403, code: "step_up_required" });
    expect((await world.decide(sso, body, "deny")).status).toBe(200);
  });
});

describe("a wrong password", () => {
  it("is refused, and from the sixth on locks out for longer and longer; the right one then waits, too", async () => {
    const mia = await world.person("Mia", ["approver"]);
    const attempt = (password: string) =>
      mia.fetch("/api/v1/session/step-up", { method: "POST", json: { password, approval: deletion.id } });
    for (let failures = 1; failures <= 6; failures++) {
      expect(await problemOf(attempt(`wrong-${failures}`))).toMatchObject({ status: 403, code: "wrong_password" });
    }
    const waits: number[] = [];
    for (let round = 0; round < 3; round++) {
      const locked = await attempt(PASSWORD);
      const problem = await problemOf(locked);
      expect(problem).toMatchObject({ status: 429, code: "too_many_attempts" });
      expect(locked.headers.get("retry-after")).toBe(String(problem.retry_after));
      waits.push(problem.retry_after ?? 0);
      await world.moveClock((problem.retry_after ?? 0) + 1);
      expect((await attempt("wrong")).status).toBe(403);
    }
    expect(waits).toEqual([waits[0], (waits[0] ?? 0) * 2, (waits[0] ?? 0) * 4]);
    await world.moveClock(60);
    expect((await attempt(PASSWORD)).status).toBe(200);
  });
});
