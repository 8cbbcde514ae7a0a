import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { doorValue } from "@/lib/db/door";
import { PROBLEMS } from "@/lib/platform/problem";
import { problemOf } from "@/tests/support/problem";
import { World, type Agent, type Person } from "@/tests/support/world";

// What fails on purpose here is logged.
vi.hoisted(() => (process.env.LICET_LOG_LEVEL = "silent"));

let world: World;
let kim: Person;
let agent: Agent;

beforeAll(async () => {
  world = await World.start({ LICET_PUBLIC_URL: "https://licet.example.org" });
  kim = await world.person("Kim", ["approver", "admin"]);
  agent = await world.agent("support-bot", await world.person("Olga", ["owner"]));
});
afterAll(() => world.stop());

const post = (body: BodyInit, headers: Record<string, string> = { "content-type": "application/json" }) =>
  agent.fetch("/api/v1/approvals", { method: "POST", body, headers, duplex: "half" } as RequestInit);

/** A body of this many bytes whose length is not said beforehand. */
const chunked = (size: number) =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(`{"reason":"${"x".repeat(size - 14)}"}`.slice(0, size)));
      controller.close();
    },
  });

const LARGE = JSON.stringify({ reason: "x".repeat(70_000) });

describe("a refusal is a problem document (RFC 9457) that says what happened", () => {
  it.each<[string, number, string, () => Promise<Response>]>([
    ["a body that is not JSON", 400, "not_json", () => post("{")],
    ["a key that is there twice", 400, "not_json", () => post('{"tool":"a","tool":"b"}')],
    ["a body that is not UTF-8", 400, "not_json", () => post(new Uint8Array([0x7b, 0xff, 0x7d]))],
    ["nobody's request", 401, "unauthorized", () => world.fetcher({})("/api/v1/approvals")],
    ["a key that is none", 401, "unauthorized", () => world.fetcher({ authorization: "Bearer licet_x" })("/api/v1/approvals")],
    ["a key where a person must act", 403, "wrong_credential", () => agent.fetch("/api/v1/people")],
    ["a person where an agent asks", 403, "wrong_credential", () => kim.fetch("/api/v1/approvals", { method: "POST", json: {} })],
    [
      "a key and a session at once, deciding",
      403,
      "wrong_credential",
      () => kim.fetch("/api/v1/people", { headers: { authorization: `Bearer ${agent.key}` } }),
    ],
    ["an address that is none", 404, "no_such_route", () => kim.fetch("/api/v1/nothing")],
    ["an address outside the API", 404, "no_such_route", () => kim.fetch("/nothing")],
    ["an id that is none", 422, "invalid_request", () => kim.fetch("/api/v1/approvals/..%2f..%2fetc%2fpasswd")],
    ["a method that is not taken", 405, "method_not_allowed", () => kim.fetch("/api/v1/approvals", { method: "DELETE" })],
    ["a large body", 413, "too_large", () => post(LARGE)],
    ["a large body that does not say how large", 413, "too_large", () => post(chunked(70_000))],
    ["a form", 415, "unsupported_media_type", () => post("tool=a", { "content-type": "application/x-www-form-urlencoded" })],
    ["a body of no type", 415, "unsupported_media_type", () => post(new Uint8Array([0x7b, 0x7d]), {})],
    ["a missing field", 422, "invalid_request", () => post("{}")],
    ["a query that is not known", 422, "invalid_request", () => agent.fetch("/api/v1/approvals?nothing=1")],
  ])("%s: %d %s", async (_name, status, code, send) => {
    const response = await send();
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const requestId = response.headers.get("x-request-id");
    const body = (await response.json()) as Record<string, unknown>;
    expect(body).toMatchObject({
      type: `/docs/problems#${code}`,
      status,
      code,
      instance: expect.stringMatching(/^\//),
      request_id: requestId,
    });
    expect(response.status).toBe(status);
    expect([...(PROBLEMS.get(code)?.titles ?? [])]).toContain(body.title);
  });

  it("points at what is wrong, all of it at once", async () => {
    const { pointers, detail } = await problemOf(
      post(JSON.stringify({ tool: "", arguments: [], session_id: "s", "a/b": 1, on_behalf_of: "kim" })),
    );
    expect(pointers.sort()).toEqual(["/a/b", "/arguments", "/on_behalf_of", "/reason", "/tool"]);
    expect(detail).toMatch(/^body: /);
  });

  it("says with 401 how to sign in, with 405 what is taken", async () => {
    expect((await world.fetcher({})("/api/v1/session")).headers.get("www-authenticate")).toBe('Bearer realm="licet"');
    const answer = await kim.fetch("/api/v1/approvals", { method: "DELETE" });
    expect(answer.headers.get("allow")?.split(", ").sort()).toEqual(["GET", "HEAD", "POST"]);
  });

  it("says nothing of the inside when we fail (500)", async () => {
    await world.sql("alter function list_sessions(bytea) rename to list_sessions_away");
    const response = await kim.fetch("/api/v1/sessions");
    const text = await response.text();
    await world.sql("alter function list_sessions_away(bytea) rename to list_sessions");
    expect(response.status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ code: "internal_error", status: 500 });
    expect(text).not.toMatch(/list_sessions|function|at .*\.ts|postgres/i);
  });

  it("says when to try again where the database does not answer in time (503)", async () => {
    const client = await world.database.admin.connect();
    await client.query("begin");
    await client.query("lock table people in access exclusive mode");
    const response = await agent.fetch("/api/v1/approvals?limit=1").catch((error: Error) => error);
    const lists = await world.fetcher({ authorization: `Bearer ${agent.key}` })("/api/v1/approvals");
    await client.query("rollback");
    client.release();
    for (const each of [response, lists]) {
      if (!(each instanceof Response)) throw each;
      expect([each.status, each.headers.get("retry-after")]).toEqual([503, "1"]);
    }
  });

  it("has a sentence for each code, on a page that the type leads to", async () => {
    const page = await (await world.fetcher({})("/docs/problems")).text();
    for (const [code, { status, titles }] of PROBLEMS) {
      expect(code).toMatch(/^[a-z][a-z_]+$/);
      expect(status).toBeGreaterThanOrEqual(400);
      for (const title of titles) expect(title).toMatch(/^[A-Z].*\.$/);
      expect(page).toContain(`id="${code}"`);
    }
  });
});

describe("every answer", () => {
  it("carries a request id: the caller's, or one of ours where theirs is none", async () => {
    const idFor = async (id: string) =>
      (await kim.fetch("/api/v1/session", { headers: { "x-request-id": id } })).headers.get("x-request-id");
    expect(await idFor("req-4711")).toBe("req-4711");
    for (const bad of ["", "two words", "x".repeat(129), "\u00e9"]) expect(await idFor(bad)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("to HEAD is GET's without a body; OPTIONS grants other sites nothing", async () => {
    const get = await kim.fetch("/api/v1/session");
    const head = await kim.fetch("/api/v1/session", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([get.status, ""]);
    const options = await kim.fetch("/api/v1/session", {
      method: "OPTIONS",
      headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
    });
    expect([options.status, options.headers.get("access-control-allow-origin")]).toEqual([405, null]);
  });

  it("to a request with a long header or path is an answer, not an end", async () => {
    expect((await kim.fetch(`/api/v1/approvals/${"x".repeat(4_000)}`)).status).toBe(422);
    expect((await kim.fetch("/api/v1/approvals/%E0%A4%A")).status).toBeLessThan(500);
    expect((await kim.fetch("/api/v1/approvals?cursor=%00%ff")).status).toBe(422);
  });
});

describe("what comes from other sites' pages", () => {
  /** fetch() does not let us say these headers. */
  const send = (headers: Record<string, string>, method = "POST") =>
    new Promise<number | undefined>((done, fail) => {
      const sent = request(
        `${world.url}/api/v1/session/sign-out-everywhere-not`.replace("-not", ""),
        { method, headers: { cookie: "x=y", ...headers } },
        (response) => {
          response.resume();
          done(response.statusCode);
        },
      );
      sent.once("error", fail);
      sent.end();
    });

  it.each<[string, Record<string, string>, number]>([
    ["another origin", { origin: "https://evil.example" }, 403],
    ["the public host without TLS", { origin: "http://licet.example.org" }, 403],
    ["a host that only begins like ours", { origin: "https://licet.example.org.evil.example" }, 403],
    ["no origin worth the name", { origin: "null" }, 403],
    ["loopback, where the public address is not", { origin: "http://localhost:3000", host: "localhost:3000" }, 403],
    ["a page that the browser calls another site's", { "sec-fetch-site": "cross-site" }, 403],
    ["a page of a sister site", { "sec-fetch-site": "same-site" }, 403],
    ["our own page", { origin: "https://licet.example.org", "sec-fetch-site": "same-origin" }, 200],
    ["no page at all", {}, 200],
  ])("%s", async (_name, headers, status) => {
    const person = await world.person(`Visitor ${Math.random()}`.replace(".", ""), ["approver"]);
    expect(await send({ ...headers, cookie: person.cookie })).toBe(status);
  });
});

describe("readiness (/readyz)", () => {
  const ready = async () => {
    const answer = await world.fetcher({})("/readyz");
    return [answer.status, ((await answer.json()) as { status: string }).status];
  };

  it("is degraded until a scheduler is seen, and again when none was for 15 seconds; life (/healthz) does not depend on it", async () => {
    expect(await ready()).toEqual([503, "degraded"]);
    await doorValue(null, "beat", ["test"]);
    expect(await ready()).toEqual([200, "ready"]);
    await world.moveClock(16);
    expect(await ready()).toEqual([503, "degraded"]);
    expect((await world.fetcher({})("/healthz")).status).toBe(200);
  });
});
