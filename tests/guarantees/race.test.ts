import { afterAll, beforeAll, expect, it } from "vitest";
import { ask } from "@/lib/approvals/ask";
import type { DecideAnswer } from "@/lib/approvals/store";
import type { RequestRow } from "@/lib/approvals/row";
import { door, doorValue, doorValues } from "@/lib/db/door";
import { FIRST_TENANT } from "@/lib/people/setup";
import { sha256 } from "@/lib/platform/secret";
import { aSession } from "@/tests/support/session";
import { World, type Person } from "@/tests/support/world";

/**
 * Sixteen clients race each other for the same requests while their deadline passes: deciding (two people, both verdicts),
 * escalating, expiring, reading as the agent does, and what a scheduler does. Each client has its own connection.
 */
const BATCHES = 21;
const REQUESTS = 100;
const TIMEOUT_SECONDS = 10;

let world: World;
let kim: Person;
let lee: Person;
let olga: Person;
const sessions = new Map<Person, string>();

beforeAll(async () => {
  world = await World.start({ LICET_DATABASE_POOL: "20", LICET_LOG_LEVEL: "error" });
  kim = await world.person("Kim", ["approver"]);
  lee = await world.person("Lee", ["approver"]);
  olga = await world.person("Olga", ["owner"]);
  await world.policy(
    `version: 1\ntimeout: {medium: ${TIMEOUT_SECONDS}s}\nmemory: off\nlimits: {minute: 1000000, day: 1000000, pending: 100000}\n`,
  );
  await world.chain("default", [{ people: [kim, lee], after: 5 }, { people: [await world.person("Mia", ["approver"])] }]);
  for (const person of [kim, lee]) sessions.set(person, `\\x${sha256(await aSession(person.accountId)).toString("hex")}`);
  await world.moveClock(0);
});
afterAll(() => world.stop());

interface Raced {
  id: string;
  digest: string;
  expiresAt: number;
  /** Decisions that were answered with yes, and what the agent was told, in order. */
  decided: ("approved" | "denied")[];
  told: string[];
}

let moved = 0;
/** The database's clock as this process knows it: both run on one machine. */
const now = () => Date.now() + moved * 1000;

async function aBatch(batch: number): Promise<Raced[]> {
  const agent = await world.agent(`racer-${batch}`, olga);
  const identity = { tenant: FIRST_TENANT, agentId: agent.id, keyId: agent.keyId };
  return Promise.all(
    Array.from({ length: REQUESTS }, async (_, i) => {
      const { row } = await ask(identity, { tool: "orders.refund", arguments: { id: "o", amount: i }, reason: "r", session_id: "s" }, null);
      expect(row.state).toBe("pending");
      return { id: row.id, digest: row.action_digest, expiresAt: Date.parse(row.expires_at), decided: [], told: [] };
    }),
  );
}

type Client = (request: Raced, all: Raced[]) => Promise<unknown>;

const decider =
  (person: () => Person, verdict: "approve" | "deny"): Client =>
  async (request) => {
    const submitted = now();
    const item = {
      request_id: request.id,
      person_id: person().id,
      session_hash: sessions.get(person()),
      content_version: 1,
      digest: request.digest,
      verdict,
      comment: null,
      deny_reason: null,
      validity: verdict === "approve" ? "once" : null,
      confirm: {},
      use_within: verdict === "approve" ? 600 : null,
    };
    const [answer] = await door<DecideAnswer>(FIRST_TENANT, "decide", [JSON.stringify([item])]);
    if (answer?.refusal !== null) {
      expect(answer?.refusal).toMatch(/^(expired|already_terminal)$/);
      return;
    }
    // Whatever the database thinks of it: what was sent after the deadline is not accepted.
    expect(submitted).toBeLessThan(request.expiresAt);
    request.decided.push(verdict === "approve" ? "approved" : "denied");
  };

const reader: Client = async (request) => {
  const [row] = await doorValues<RequestRow>(FIRST_TENANT, "read_requests", [[request.id]]);
  if (row) request.told.push(row.state);
};
const expirer: Client = (request, all) => doorValue(FIRST_TENANT, "expire", [[request.id, ...all.slice(0, 5).map(({ id }) => id)]]);
const escalator: Client = (request) => doorValue(FIRST_TENANT, "escalate_by_hand", [request.id, kim.id, sessions.get(kim)]);
const scheduler: Client = () => world.tick();

const CLIENTS: Client[] = [
  ...Array.from({ length: 4 }, () => decider(() => kim, "approve")),
  ...Array.from({ length: 3 }, () => decider(() => lee, "approve")),
  ...Array.from({ length: 2 }, () => decider(() => lee, "deny")),
  expirer,
  expirer,
  escalator,
  reader,
  reader,
  reader,
  scheduler,
];

const shuffled = <T>(items: T[]) =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);

it("has one outcome for each request, the same in row, record and the agent's view, and never an approval after the deadline", async () => {
  const outcomes = { approved: 0, denied: 0, expired: 0 };
  for (let batch = 0; batch < BATCHES; batch++) {
    const requests = await aBatch(batch);
    const deadline = Math.min(...requests.map(({ expiresAt }) => expiresAt));
    // The deadline passes while they are at it.
    const ahead = (deadline - now() - (50 + 800 * Math.random())) / 1000;
    await world.moveClock(ahead);
    moved += ahead;
    await Promise.all(
      CLIENTS.map(async (client) => {
        for (const request of shuffled(requests)) await client(request, requests);
      }),
    );
    await Promise.all(requests.map((request) => reader(request, requests)));
    const rows = await world.sql<{ id: string; state: keyof typeof outcomes; ends: string[] }>(
      `select id, state, array(select replace(event, 'approval.', '') from audit_records a where a.request_id = r.id
         and event in ('approval.approved', 'approval.denied', 'approval.expired')) as ends
       from requests r where id = any ($1)`,
      [requests.map(({ id }) => id)],
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const { id, decided, told } of requests) {
      const row = byId.get(id);
      if (!row) throw new Error(`${id} is gone`);
      outcomes[row.state]++;
      expect(row.ends).toEqual([row.state]);
      expect(decided).toEqual(row.state === "expired" ? [] : [row.state]);
      // Told pending for a while, then one thing for ever.
      expect([...new Set(told)].filter((state) => state !== "pending")).toEqual([row.state]);
      expect(told.slice(told.indexOf(row.state)).every((state) => state === row.state)).toBe(true);
    }
  }
  console.log(`race: ${BATCHES * REQUESTS} requests, ${CLIENTS.length} clients:`, JSON.stringify(outcomes));
  // A race that always ends the same way proves nothing.
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan((BATCHES * REQUESTS) / 100);
});
