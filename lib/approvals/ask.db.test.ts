import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Approval } from "@/lib/approvals/schema";
import { updateAgent } from "@/lib/catalog/agents";
import { revokeKey } from "@/lib/credentials/agent-keys";
import { FIRST_TENANT } from "@/lib/people/setup";
import { problemOf } from "@/tests/support/problem";
import { OPERATOR, TOOLS, World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let kim: Person;
let olga: Person;
let agent: Agent;

beforeAll(async () => {
  world = await World.start();
  kim = await world.person("Kim", ["approver", "admin"]);
  olga = await world.person("Olga", ["owner"]);
  agent = await world.agent("support-bot", olga);
});
afterAll(() => world.stop());

const BODY = { tool: "users.delete", arguments: { id: "u_1" }, reason: "asked by the customer", session_id: "s_1" };

const post = (text: string, headers: Record<string, string> = {}, as = agent) =>
  as.fetch("/api/v1/approvals", { method: "POST", body: text, headers: { "content-type": "application/json", ...headers } });

const refusal = (json: unknown, headers: Record<string, string> = {}) =>
  problemOf(agent.fetch("/api/v1/approvals", { method: "POST", json, headers }));

describe("what policy decides at once", () => {
  it("lets a low-risk read of a granted tool pass", async () => {
    const { status, body, headers } = await agent.ask({ tool: "tickets.read", arguments: { id: "8812" } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: "approved",
      risk: { level: "low", reasons: ["low-risk-read"] },
      resource: "/tickets/8812",
      scope: { granted: "tickets:read" },
      decision: { by: "policy", reason: "policy", validity: "once", uses_left: 1, ask_again: null },
      level: null,
      seconds_left: null,
      retry_after: null,
    });
    expect(headers.get("retry-after")).toBeNull();
  });

  it("denies a tool that nobody registered, and says so", async () => {
    const { status, body } = await agent.ask({ tool: "rockets.launch", arguments: { at: "moon" } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: "denied",
      tool_version: null,
      risk: { level: "high", reasons: ["unknown_tool"] },
      decision: { by: "policy", reason: "unknown_tool", ask_again: "changed" },
    });
  });

  it("denies a tool that the agent was not granted", async () => {
    const other = await world.agent("reader", olga, [TOOLS.read]);
    const { status, body } = await other.ask();
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: "denied", decision: { by: "policy", reason: "not_granted", ask_again: "changed" } });
  });

  it("denies what a rule of the policy denies", async () => {
    await world.policy(
      `version: 1\nrules:\n  - name: never\n    match: {tool: "tickets.note"}\n    effect: deny\n  - name: low-risk-read\n    match: {action: read, risk: low}\n    effect: allow\n`,
    );
    const { body } = await agent.ask({ tool: "tickets.note", arguments: { id: "1" } });
    expect(body).toMatchObject({ status: "denied", risk: { reasons: ["never"] }, decision: { reason: "policy", ask_again: "changed" } });
  });

  it("denies where the chain that a rule names does not exist", async () => {
    await world.policy(
      `version: 1\nrules:\n  - name: odd\n    match: {tool: "tickets.note"}\n    effect: require_approval\n    chain: nowhere\n`,
    );
    const { body } = await agent.ask({ tool: "tickets.note", arguments: { id: "1" } });
    expect(body).toMatchObject({ status: "denied", decision: { by: "policy", reason: "no_chain", ask_again: "changed" } });
  });

  it("denies where everybody in the chain is on the requester's side", async () => {
    const mine = await world.agent("kims-bot", kim);
    const { body } = await mine.ask();
    expect(body).toMatchObject({ status: "denied", decision: { by: "policy", reason: "no_approver", ask_again: "changed" } });
  });
});

describe("what people are asked", () => {
  it("tells the agent the level, the kind of person, the time left and when to ask again, but no names", async () => {
    const { status, body, headers } = await agent.ask();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      status: "pending",
      risk: { level: "high", axes: { irreversibility: 3, blast_radius: 1, privilege: 2 } },
      level: { number: 1, of: 1, asks: "approver", next_at: null },
      decisive: ["/id"],
      resource: "/users/u_48213",
      scope: { requested: "users:delete", granted: null, held: ["tickets:read"] },
      decision: null,
    });
    expect(body.seconds_left).toBe(300);
    expect(body.retry_after).toBe(30);
    expect(headers.get("retry-after")).toBe("30");
    expect(headers.get("etag")).toBe('"1"');
    expect(headers.get("location")).toBe(body.links.self);
    expect(JSON.stringify(await world.read(body.id, agent))).not.toContain("Kim");
  });

  it("answers exactly what a later read answers", async () => {
    const { body } = await agent.ask({ arguments: { id: "u_same" }, trace_url: "https://traces.example.org/1" });
    const response = await agent.fetch(body.links.self);
    expect(response.headers.get("etag")).toBe('"1"');
    const { seconds_left: left, retry_after: _retry, ...read } = Approval.parse(await response.json());
    const { seconds_left: leftThen, retry_after: _then, ...asked } = body;
    expect(read).toEqual(asked);
    expect(left).toBeLessThanOrEqual(leftThen ?? 0);
    expect(read.trace_url).toBe("https://traces.example.org/1");
  });

  it("says who is asked: security officers only, where a level has no others", async () => {
    const sam = await world.person("Sam", ["security_officer"]);
    await world.chain("default", [{ people: [sam], after: 60 }, { people: [kim] }]);
    const { body } = await agent.ask({ arguments: { id: "u_officer" } });
    expect(body.level).toMatchObject({ number: 1, of: 2, asks: "security_officer" });
    expect(Date.parse(body.level?.next_at ?? "") - Date.parse(body.created_at)).toBe(60_000);
  });

  it("starts at the first level where somebody is able to decide", async () => {
    const lee = await world.person("Lee", ["approver"]);
    const own = await world.agent("lees-bot", lee);
    await world.chain("default", [{ people: [lee], after: 60 }, { people: [kim] }]);
    const { body } = await own.ask();
    expect(body).toMatchObject({ status: "pending", level: { number: 2, of: 2 } });
    const [record] = await world.sql<{ detail: object }>("select detail from audit_records where request_id = $1", [body.id]);
    expect(record?.detail).toMatchObject({ level: 2, skipped: 1 });
  });
});

describe("what is refused before anything is asked", () => {
  it.each([
    ["a field that is not known", { ...BODY, urgent: true }, "/urgent"],
    ["a missing session", { ...BODY, session_id: undefined }, "/session_id"],
    ["an empty reason", { ...BODY, reason: "  " }, "/reason"],
    ["arguments that are no object", { ...BODY, arguments: "u_1" }, "/arguments"],
    ["a control character in the session", { ...BODY, session_id: "a\u0007b" }, "/session_id"],
    ["a trace that is no web address", { ...BODY, trace_url: "javascript:alert(1)" }, "/trace_url"],
    ["acting for somebody, which cannot be verified yet", { ...BODY, on_behalf_of: "me" }, "/on_behalf_of"],
    ["another resource than the catalog derives", { ...BODY, resource: "/users/u_2" }, "/resource"],
    ["another scope than the catalog says", { ...BODY, scope: "users:read" }, "/scope"],
    ["a missing argument", { ...BODY, arguments: {} }, "/arguments/id"],
    ["an argument of another type", { ...BODY, arguments: { id: 1 } }, "/arguments/id"],
    ["an argument the tool does not have", { ...BODY, arguments: { id: "u_1", force: true } }, "/arguments/force"],
    ["an id that leads out of the path", { ...BODY, arguments: { id: ".." } }, "/arguments/id"],
  ])("%s", async (_what, body, pointer) => {
    const problem = await refusal(body);
    expect(problem).toMatchObject({ status: 422, code: "invalid_request" });
    expect(problem.pointers).toContain(pointer);
  });

  it("takes the resource and scope that the catalog derives", async () => {
    const { status } = await agent.ask({ arguments: { id: "u/9" }, resource: "/users/u%2F9", scope: "users:delete" });
    expect(status).toBe(201);
  });

  it.each([
    ["what is no JSON", "{", 400, "not_json"],
    ["a key that is there twice", `{"tool":"a","tool":"b"}`, 400, "not_json"],
    ["__proto__", `{"__proto__":{}}`, 400, "not_json"],
    ["an integer that numbers cannot hold", `{"tool":"a","arguments":{"id":9007199254740993}}`, 400, "not_json"],
    ["half of a surrogate pair", `{"tool":"\\ud800"}`, 400, "not_json"],
    ["nesting deeper than 16 levels", `${"[".repeat(18)}${"]".repeat(18)}`, 400, "not_json"],
    ["a string of more than 8 KiB", JSON.stringify({ ...BODY, arguments: { id: "x".repeat(8 * 1024 + 1) } }), 400, "not_json"],
    ["more than 64 KiB", JSON.stringify({ ...BODY, arguments: { id: Array(20).fill("x".repeat(4_000)) } }), 413, "too_large"],
  ])("%s", async (_what, text, status, code) => {
    expect(await problemOf(post(text))).toMatchObject({ status, code });
  });

  it("more than 64 KiB that come without saying how many", async () => {
    const part = new TextEncoder().encode(`"${"x".repeat(4_000)}",`);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (sent++ < 20 ? controller.enqueue(part) : controller.close()),
    });
    const init: RequestInit & { duplex: "half" } = {
      method: "POST",
      body,
      duplex: "half",
      headers: { "content-type": "application/json" },
    };
    expect(await problemOf(agent.fetch("/api/v1/approvals", init))).toMatchObject({ status: 413, code: "too_large" });
  });

  it("another media type", async () => {
    expect(await problemOf(post(JSON.stringify(BODY), { "content-type": "text/plain" }))).toMatchObject({ status: 415 });
  });

  it("another tenant's name in X-Tenant-ID; its own is taken", async () => {
    expect(await refusal(BODY, { "x-tenant-id": "elsewhere" })).toMatchObject({ status: 403, code: "tenant_mismatch" });
    expect((await agent.ask({}, { "x-tenant-id": FIRST_TENANT })).status).toBe(201);
  });

  it("nobody, a wrong key, a person", async () => {
    const bare = world.fetcher({});
    const ask = (headers: Record<string, string>) => problemOf(bare("/api/v1/approvals", { method: "POST", json: BODY, headers }));
    expect(await ask({})).toMatchObject({ status: 401 });
    expect(await ask({ authorization: `Bearer ${agent.key.slice(0, -1)}x` })).toMatchObject({ status: 401 });
    expect(await ask({ cookie: kim.cookie })).toMatchObject({ status: 403, code: "wrong_credential" });
  });

  it("leaves nothing behind of any of these", async () => {
    const [count] = await world.sql<{ n: number }>("select count(*)::int as n from requests where session_id <> 's_1' or reason = ''");
    expect(count?.n).toBe(0);
  });
});

describe("an agent that may not ask any more", () => {
  it("is refused at once when its key was revoked, also where this process has just seen the key", async () => {
    const gone = await world.agent("gone-bot", olga);
    expect((await gone.ask({ tool: "tickets.read" })).status).toBe(201);
    await revokeKey(FIRST_TENANT, OPERATOR, gone.keyId);
    expect(await problemOf(gone.fetch("/api/v1/approvals", { method: "POST", json: BODY }))).toMatchObject({ status: 401 });
  });

  it("is refused when it was disabled", async () => {
    const off = await world.agent("off-bot", olga);
    await updateAgent(FIRST_TENANT, OPERATOR, off.id, { status: "disabled" });
    expect(await problemOf(off.fetch("/api/v1/approvals", { method: "POST", json: BODY }))).toMatchObject({
      status: 403,
      code: "agent_disabled",
    });
  });

  it("cannot read what another agent asked", async () => {
    const { body } = await agent.ask();
    const other = await world.agent("nosy-bot", olga);
    expect(await problemOf(other.fetch(body.links.self))).toMatchObject({ status: 404 });
    expect(await problemOf(other.fetch(`${body.links.self}/cancel`, { method: "POST" }))).toMatchObject({ status: 404 });
  });
});

describe("withdrawing", () => {
  beforeAll(() => world.chain("default", [{ people: [kim] }]));

  it("ends the request, tells people so, and is the same done twice", async () => {
    const { body } = await agent.ask({ arguments: { id: "u_withdrawn" } });
    for (let twice = 0; twice < 2; twice++) {
      const response = await agent.fetch(`${body.links.self}/cancel`, { method: "POST" });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        status: "cancelled",
        revision: 2,
        decision: { by: "agent", reason: "withdrawn", ask_again: "no" },
        links: { cancel: null },
      });
    }
    expect(await problemOf(world.decide(kim, body, "deny"))).toMatchObject({ status: 409, code: "already_terminal" });
  });

  it("comes too late for what was decided", async () => {
    const { body } = await agent.ask({ arguments: { id: "u_decided" } });
    expect((await world.decide(kim, body, "deny")).status).toBe(200);
    expect(await problemOf(agent.fetch(`${body.links.self}/cancel`, { method: "POST" }))).toMatchObject({
      status: 409,
      code: "already_terminal",
    });
  });

  it("is the agent's: a person denies instead", async () => {
    const { body } = await agent.ask();
    expect(await problemOf(kim.fetch(`${body.links.self}/cancel`, { method: "POST" }))).toMatchObject({
      status: 403,
      code: "wrong_credential",
    });
  });
});
