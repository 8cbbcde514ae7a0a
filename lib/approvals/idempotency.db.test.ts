import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "@/lib/approvals/ask";
import type { Approval } from "@/lib/approvals/schema";
import type { AgentIdentity } from "@/lib/credentials/agent-keys";
import { FIRST_TENANT } from "@/lib/people/setup";
import { problemOf } from "@/tests/support/problem";
import { World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let kim: Person;
let agent: Agent;
let identity: AgentIdentity;

beforeAll(async () => {
  world = await World.start();
  kim = await world.person("Kim", ["approver"]);
  const olga = await world.person("Olga", ["owner"]);
  agent = await world.agent("support-bot", olga);
  identity = { tenant: FIRST_TENANT, agentId: agent.id, keyId: agent.keyId };
});
afterAll(() => world.stop());

const key = (text: string) => ({ "idempotency-key": text });
const ids = (answers: { body: Approval }[]) => new Set(answers.map(({ body }) => body.id));

async function requestsOf(session: string): Promise<number> {
  const [row] = await world.sql<{ n: number }>("select count(*)::int as n from requests where session_id = $1", [session]);
  return row?.n ?? 0;
}

describe("asking with an Idempotency-Key", () => {
  it("is the same request when it is sent again, in its current state", async () => {
    const first = await agent.ask({ session_id: "replay" }, key("k-1"));
    const again = await agent.ask({ session_id: "replay" }, key('"k-1"'));
    expect(again.status).toBe(201);
    expect(again.body).toMatchObject({ id: first.body.id, status: "pending" });
    expect((await world.decide(kim, first.body, "deny", { comment: "Not this one." })).status).toBe(200);
    const later = await agent.ask({ session_id: "replay" }, key("k-1"));
    expect(later.body).toMatchObject({ id: first.body.id, status: "denied", decision: { comment: "Not this one." } });
    expect(await requestsOf("replay")).toBe(1);
  });

  it("is refused with another body, and nothing is asked", async () => {
    await agent.ask({ session_id: "conflict" }, key("k-2"));
    const json = { tool: "users.delete", arguments: { id: "u_2" }, reason: "asked", session_id: "conflict" };
    const problem = await problemOf(agent.fetch("/api/v1/approvals", { method: "POST", json, headers: key("k-2") }));
    expect(problem).toMatchObject({ status: 422, code: "idempotency_conflict" });
    expect(await requestsOf("conflict")).toBe(1);
  });

  it("does not mind how the same body is written", async () => {
    const written = (text: string) =>
      agent.fetch("/api/v1/approvals", { method: "POST", body: text, headers: { "content-type": "application/json", ...key("k-3") } });
    const one = await written(`{"tool":"users.delete","arguments":{"id":"u_3"},"reason":"r","session_id":"written"}`);
    const two = await written(`{ "session_id": "written", "reason": "r", "arguments": {"id": "u_\\u0033"}, "tool": "users.delete" }`);
    expect(two.status).toBe(201);
    expect(await two.json()).toMatchObject({ id: ((await one.json()) as Approval).id });
  });

  it("is one request when twenty arrive at once", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => agent.ask({ session_id: "at once" }, key("k-4"))));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(ids(answers).size).toBe(1);
    expect(await requestsOf("at once")).toBe(1);
  });

  it("is one request inside one group, beside others of the same group", async () => {
    const input = { tool: "users.delete", arguments: { id: "u_5" }, reason: "r", session_id: "group" };
    // Submitted in one turn of the event loop: one call of the SQL function.
    const same = Array.from({ length: 8 }, () => ask(identity, input, "k-5"));
    const others = Array.from({ length: 8 }, (_, i) => ask(identity, input, `k-5-${i}`));
    const asked = await Promise.all([...same, ...others]);
    expect(new Set(asked.slice(0, 8).map(({ row }) => row.id)).size).toBe(1);
    expect(new Set(asked.map(({ row }) => row.id)).size).toBe(9);
    expect(asked.slice(0, 8).filter(({ fresh }) => fresh)).toHaveLength(1);
    expect(await requestsOf("group")).toBe(9);
  });

  it("refuses the one of a group whose body differs, and nobody else of it", async () => {
    const input = { tool: "users.delete", arguments: { id: "u_6" }, reason: "r", session_id: "mixed" };
    const results = await Promise.allSettled([
      ask(identity, input, "k-6"),
      ask(identity, { ...input, arguments: { id: "u_7" } }, "k-6"),
      ask(identity, { ...input, arguments: { id: "u_8" } }, "k-7"),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(results[2]?.status).toBe("fulfilled");
    expect(await requestsOf("mixed")).toBe(2);
  });

  it("answers two clients that send the same keys in opposite orders", async () => {
    const input = { tool: "users.delete", arguments: { id: "u_9" }, reason: "r", session_id: "opposite" };
    const keys = Array.from({ length: 16 }, (_, i) => `k-9-${i}`);
    const all = await Promise.all([...keys, ...keys.toReversed()].map((each) => ask(identity, input, each)));
    expect(new Set(all.map(({ row }) => row.id)).size).toBe(16);
  });

  it.each(["", "x".repeat(256), "käse"])("refuses the key %j", async (text) => {
    const response = agent.fetch("/api/v1/approvals", {
      method: "POST",
      json: { tool: "users.delete", arguments: { id: "u" }, reason: "r", session_id: "s" },
      headers: { "idempotency-key": Buffer.from(text).toString("latin1") },
    });
    expect(await problemOf(response)).toMatchObject({ status: 422, code: "bad_idempotency_key" });
  });

  it("is each agent's own", async () => {
    const other = await world.agent("other-bot", { id: (await world.person("Otto", ["owner"])).id });
    const mine = await agent.ask({ session_id: "own" }, key("k-10"));
    const theirs = await other.ask({ session_id: "own" }, key("k-10"));
    expect(theirs.body.id).not.toBe(mine.body.id);
  });
});

describe("asking without a key", () => {
  it("is the identical request of the same session while that is pending", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => agent.ask({ session_id: "twins" })));
    expect(ids(answers).size).toBe(1);
    const [first] = answers;
    if (!first) throw new Error("no answer");
    await world.decide(kim, first.body, "deny");
    const later = await agent.ask({ session_id: "twins" });
    expect(later.body).toMatchObject({ status: "pending" });
    expect(later.body.id).not.toBe(first.body.id);
  });

  it("is another request in another session, with other arguments, or with a key of its own", async () => {
    const answers = [
      await agent.ask({ session_id: "a" }),
      await agent.ask({ session_id: "b" }),
      await agent.ask({ session_id: "a", arguments: { id: "u_other" } }),
      await agent.ask({ session_id: "a" }, key("k-11")),
    ];
    expect(ids(answers).size).toBe(4);
  });

  it("never comes back as a request whose time is over, however many of them were left lying", async () => {
    const keys = Array.from({ length: 8 }, (_, i) => key(`k-12-${i}`));
    const old = await Promise.all([{}, ...keys].map((headers) => agent.ask({ session_id: "left lying" }, headers)));
    await world.moveClock(301);
    const { status, body } = await agent.ask({ session_id: "left lying" });
    expect(status).toBe(201);
    expect(ids(old)).not.toContain(body.id);
  });
});
