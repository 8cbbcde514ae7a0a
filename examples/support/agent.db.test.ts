import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { prepareDemo } from "@/lib/manifest/demo";
import { FIRST_TENANT } from "@/lib/people/setup";
import { OPERATOR, World, type Person } from "@/tests/support/world";
import { runAgent } from "./agent.mjs";
import { startCrm } from "./crm.mjs";

// It waits politely: a second between two tries.
vi.setConfig({ testTimeout: 120_000 });

let world: World;
let kim: Person;
let key: string;
let crm: Awaited<ReturnType<typeof startCrm>>;
let shop: { url: string; calls: string[] };
const servers: Server[] = [];

beforeAll(async () => {
  world = await World.start();
  kim = await world.person("Kim", ["approver", "admin"]);
  ({ key } = await prepareDemo(FIRST_TENANT, OPERATOR, null));
});
afterAll(() => world.stop());
beforeEach(async () => {
  crm = await startCrm();
  const calls: string[] = [];
  // In front of the shop, to see every call that reaches it.
  const url = await serve((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    void forward(crm.url, request, response);
  });
  shop = { url, calls };
});
afterEach(async () => {
  await crm.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function forward(to: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { host: _host, connection: _connection, ...headers } = request.headers;
  const answer = await fetch(to + (request.url ?? ""), {
    method: request.method ?? "GET",
    headers: headers as Record<string, string>,
    ...(chunks.length ? { body: Buffer.concat(chunks) } : {}),
  });
  const text = await answer.text();
  if (!response.destroyed) response.writeHead(answer.status, { "content-type": "application/json" }).end(text);
}

type Words = Record<string, unknown>;

/** Runs the agent; whatever it waits for is decided as `verdicts` says, by tool; nobody answers about the others. */
async function work(
  licet: string,
  verdicts: Record<string, ["approve" | "deny", Words?]>,
  onWaiting: () => void | Promise<void> = () => {},
) {
  const lines: string[] = [];
  const decided: Promise<unknown>[] = [];
  const count = await runAgent({ url: licet, key }, shop.url, (line) => {
    lines.push(line);
    const id = /\/approvals\/([0-9a-f-]{36})/.exec(line)?.[1];
    if (id) decided.push(decide(id));
  });
  await Promise.all(decided);
  return { ...count, said: lines.join("\n") };

  async function decide(id: string) {
    await onWaiting();
    const asked = await world.read(id, kim);
    const [verdict, words] = verdicts[asked.tool] ?? [];
    if (!verdict) return;
    const answer = await world.decide(kim, asked, verdict, words);
    expect(answer.status, await answer.text()).toBe(200);
  }
}

const READS = ["GET /tickets?state=open", "GET /tickets/t_8813", "GET /customers/u_48231", "GET /tickets/t_8812"];
const reads = () => shop.calls.filter((call) => call.startsWith("GET"));
const writes = () => shop.calls.filter((call) => !call.startsWith("GET"));

describe("the example agent", () => {
  it("really calls the shop for what was approved, and for nothing else", async () => {
    const untouched = structuredClone(crm.data);
    let waited = 0;
    const { done, refused, said } = await work(
      world.url,
      {
        "orders.refund": ["approve"],
        "mails.send": ["deny", { reason: "wrong_target", comment: "ask Jo first\u001b[2J" }],
        "customers.delete": ["approve"],
      },
      () => {
        // While the first waits nothing has happened in the shop.
        if (waited++ === 0) expect(crm.data).toEqual(untouched);
      },
    );
    expect({ done, refused, waited }).toEqual({ done: 6, refused: 2, waited: 3 });
    expect(reads()).toEqual(READS);
    expect(writes()).toEqual(["POST /orders/o_1201/refunds", "DELETE /customers/u_48213"]);
    expect(crm.data).toEqual({
      ...untouched,
      orders: { o_1201: { ...untouched.orders.o_1201, refunded: 129.5 } },
      customers: { u_48231: untouched.customers.u_48231 },
      mails: [],
    });
    expect(said).toMatch(/✓ {2}tickets\.list .*\n {5}allowed by policy, called: 200/);
    expect(said).toMatch(/… {2}customers\.delete .*\n {5}high risk: a person must decide within 5 min: http/);
    expect(said).toMatch(/✓ {2}customers\.delete .*\n {5}approved by a person, called: 200 \{"deleted":"u_48213"\}/);
    expect(said).toMatch(/✗ {2}mails\.send .*\n {5}denied by a person \(wrong target: “ask Jo first \[2J”\); it was not called/);
    expect(said).toMatch(/✗ {2}customers\.export .*\n {5}denied: not granted; it was not called/);
    expect(said).not.toContain("\u001b");
  });

  it("survives lost calls, lost answers, 503 and 429 without asking twice or doing twice", async () => {
    const [before] = await world.sql<{ n: number }>("select count(*)::int as n from requests");
    let count = 0;
    const flaky = await serve((request, response) => {
      count += 1;
      if (count === 1) response.destroy();
      else if (count === 2) response.writeHead(503, { "retry-after": "1" }).end("{}");
      else if (count === 3) response.writeHead(429, { "retry-after": "1" }).end("<html>slow down</html>");
      else if (count === 5) void forward(world.url, request, response.destroy());
      else void forward(world.url, request, response);
    });
    const { done, refused } = await work(flaky, {
      "orders.refund": ["approve"],
      "mails.send": ["approve"],
      "customers.delete": ["deny"],
    });
    expect({ done, refused }).toEqual({ done: 6, refused: 2 });
    expect(reads()).toEqual(READS);
    expect(writes()).toEqual(["POST /orders/o_1201/refunds", "POST /mails"]);
    const [after] = await world.sql<{ n: number }>("select count(*)::int as n from requests");
    expect((after?.n ?? 0) - (before?.n ?? 0)).toBe(8);
  });

  it.each([
    ["a refusal", 403, { title: "No." }],
    ["an error", 500, { title: "Something broke." }],
    ["an approval that is an error all the same", 500, { status: "approved", decision: { by: "person" } }],
    ["a status it does not know", 201, { status: "Approved" }],
    ["no status", 201, {}],
  ])("calls nothing on %s", async (_what, status, body) => {
    const odd = await serve((_request, response) => response.writeHead(status).end(JSON.stringify(body)));
    expect(await work(odd, {})).toMatchObject({ done: 0, refused: 8 });
    expect(shop.calls).toEqual([]);
  });

  // Last: silence at high risk blocks the tool, and the clock has moved.
  it("takes silence for a no, and goes on", async () => {
    const untouched = structuredClone(crm.data);
    const { done, refused, said } = await work(world.url, {}, async () => {
      await world.moveClock(1000);
      await world.tick();
    });
    expect({ done, refused }).toEqual({ done: 4, refused: 4 });
    expect(said.match(/nobody answered in time: denied by silence; it was not called/g)).toHaveLength(3);
    expect(writes()).toEqual([]);
    expect(crm.data).toEqual(untouched);
  });
});
