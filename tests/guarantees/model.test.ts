import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask } from "@/lib/approvals/ask";
import { cancel } from "@/lib/approvals/cancel";
import { decide } from "@/lib/approvals/decide";
import { escalate } from "@/lib/approvals/escalate";
import { hex } from "@/lib/approvals/row";
import { readOwnRequest } from "@/lib/approvals/store";
import { pushes, transition, type ApprovalEvent, type ApprovalRequest, type Effect, type Level } from "@/lib/approvals/transition";
import type { AgentIdentity } from "@/lib/credentials/agent-keys";
import { doorValue } from "@/lib/db/door";
import { authenticateSession } from "@/lib/people/session";
import type { SignedIn } from "@/lib/people/schema";
import { Problem } from "@/lib/platform/problem";
import { aSession } from "@/tests/support/session";
import { TOOLS, World, type Person } from "@/tests/support/world";

/**
 * Random histories on the real database, held step by step against lib/approvals/transition.ts: after every command each
 * request's row, its audit records, pushes, blocks and notices are what the pure specification says, and nothing else.
 */
const RUNS = 60;
const COMMANDS = 40;
const SECOND = 1_000;
const TIMEOUT = { low: 300 * SECOND, medium: 900 * SECOND, high: 300 * SECOND };
const STEP_UP_HOLDS = 120 * SECOND;
const BLOCK_LASTS = 3_600 * SECOND;
const RISKS = { "users.delete": "high", "orders.refund": "medium" } as const;
type Tool = keyof typeof RISKS;

const NAMES = ["ana", "ben", "cleo", "olga", "zoe"] as const;
type Name = (typeof NAMES)[number];

let world: World;
let seats: Record<Name, SignedIn>;
let officer: Person;
let levels: Level[];
let run = 0;

beforeAll(async () => {
  world = await World.start();
  const people: Partial<Record<Name, Person>> = {};
  for (const name of NAMES) people[name] = await world.person(name, ["approver"]);
  officer = await world.person("sam", ["security_officer"]);
  const { ana, ben, cleo, olga, zoe } = people;
  if (!ana || !ben || !cleo || !olga || !zoe) throw new Error("people");
  // Olga owns the agents and stands in the first level all the same.
  await world.chain("default", [{ people: [ana, olga], after: 60 }, { people: [ben], after: 60 }, { people: [cleo] }]);
  levels = [
    { number: 1, people: [ana.id], moveAfter: 60 * SECOND },
    { number: 2, people: [ben.id], moveAfter: 60 * SECOND },
    { number: 3, people: [cleo.id], moveAfter: null },
  ];
  const seat = async (person: Person) => {
    const found = await authenticateSession(await aSession(person.accountId));
    if (!found) throw new Error("no session");
    return found;
  };
  seats = { ana: await seat(ana), ben: await seat(ben), cleo: await seat(cleo), olga: await seat(olga), zoe: await seat(zoe) };
  await world.freezeClock();
  await world.keepSignedIn();
});
afterAll(() => world.stop());

/** A request as the specification has it, and what it has told so far. */
interface Modelled {
  id: string;
  tool: Tool;
  amount: number;
  key: string | null;
  /** Null: policy denied it at once, because the tool is blocked. */
  spec: ApprovalRequest | null;
  records: string[];
  pushed: string[];
  noticed: boolean;
  blockedUntil: number | null;
}

class Model {
  now = 0;
  requests: Modelled[] = [];
  proofs = new Map<string, number>();

  blocked(tool: Tool): boolean {
    return this.requests.some((request) => request.tool === tool && request.blockedUntil !== null && request.blockedUntil > this.now);
  }

  /** Applies an event of the specification; the refusal's code, or null. */
  apply(request: Modelled, event: ApprovalEvent): string | null {
    if (!request.spec) return "already_terminal";
    const result = transition(request.spec, event, this.now);
    if ("refusal" in result) return result.refusal;
    request.spec = result.next;
    for (const effect of result.effects) this.tell(request, effect);
    return null;
  }

  tell(request: Modelled, effect: Effect): void {
    if (effect.type === "record") request.records.push(effect.event);
    else if (effect.type === "push") request.pushed.push(...effect.people.map((person) => `${effect.level} ${person}`));
    else if (effect.type === "block") request.blockedUntil = this.now + BLOCK_LASTS;
    else request.noticed = true;
  }

  /** Whoever touches an overdue request expires it first. */
  repair(request: Modelled): void {
    this.apply(request, { type: "expire" });
  }

  pick(index: number): Modelled | null {
    return this.requests[index % Math.max(1, this.requests.length)] ?? null;
  }
}

interface Real {
  agent: AgentIdentity;
}

/** The problem's code, or null when it was done. */
async function codeOf(doing: Promise<unknown>): Promise<string | null> {
  try {
    await doing;
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

interface Row {
  id: string;
  state: string;
  level: number | null;
  content_version: number;
  revision: number;
  decided_by: string | null;
  decided_person: string | null;
  decided_at: string | null;
  level_due_at: string | null;
  expires_at: string;
  records: string[];
  pushed: string[];
  notices: string[];
  blocked_until: string | null;
}

/** The database says of every request of this run exactly what the model says. */
async function agree(model: Model, { agent }: Real): Promise<void> {
  const rows = await world.sql<Row>(
    `select r.id, r.state, r.level, r.content_version, r.revision, r.decided_by, r.decided_person, r.decided_at, r.level_due_at, r.expires_at,
       array(select event from audit_records a where a.request_id = r.id and a.revision is not null order by a.revision) as records,
       array(select level || ' ' || person_id from outbox o where o.request_id = r.id order by level, id) as pushed,
       array(select person_id::text from notices n where n.request_id = r.id) as notices,
       (select ends_at from blocks b where b.request_id = r.id) as blocked_until
     from requests r where r.agent_id = $1 order by r.id`,
    [agent.agentId],
  );
  const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  const expected: Row[] = model.requests.map(({ id, spec, records, pushed, noticed, blockedUntil }) => ({
    id,
    state: spec?.state ?? "denied",
    level: spec?.level ?? null,
    content_version: spec?.contentVersion ?? 1,
    revision: spec?.revision ?? 1,
    decided_by: spec ? ("decidedBy" in spec ? spec.decidedBy : null) : "policy",
    decided_person: spec && "person" in spec ? spec.person : null,
    decided_at: spec ? ("decidedAt" in spec ? time(spec.decidedAt) : null) : expect.any(String),
    level_due_at: spec && "levelDueAt" in spec ? time(spec.levelDueAt) : null,
    expires_at: spec ? (time(spec.expiresAt) ?? "") : expect.any(String),
    records,
    pushed,
    notices: noticed ? [officer.id] : [],
    blocked_until: time(blockedUntil),
  }));
  expect(rows).toEqual(expected);
}

type Command = fc.AsyncCommand<Model, Real>;

/** A command that needs a request, or none if there is none yet. */
function onRequest(name: string, index: number, act: (model: Model, real: Real, request: Modelled) => Promise<void>): Command {
  return {
    check: (model) => model.requests.length > 0,
    run: async (model, real) => {
      const request = model.pick(index);
      if (request) await act(model, real, request);
      await agree(model, real);
    },
    toString: () => `${name} #${index}`,
  };
}

const asking = (tool: Tool, amount: number, key: string | null): Command => ({
  check: () => true,
  run: async (model, real) => {
    const input = { tool, arguments: { id: "u_1", amount }, reason: "asked", session_id: "s" };
    const same = (request: Modelled) => request.tool === tool && request.amount === amount;
    const keyed = model.requests.find((request) => key !== null && request.key === key);
    if (keyed && !same(keyed)) {
      expect(await codeOf(ask(real.agent, input, key))).toBe("idempotency_conflict");
      return agree(model, real);
    }
    const { row, fresh } = await ask(real.agent, input, key);
    const alive = model.requests.filter((r) => key === null && same(r) && r.spec?.state === "pending" && r.spec.expiresAt > model.now);
    if (keyed || alive.length) {
      const known = model.requests.find(({ id }) => id === row.id);
      expect([keyed, ...alive]).toContain(known);
      expect(fresh).toBe(false);
      if (known) model.repair(known);
      return agree(model, real);
    }
    expect(fresh).toBe(true);
    const overdue = model.requests.find((r) => key === null && r.key === null && same(r) && r.spec?.state === "pending");
    if (overdue) model.repair(overdue);
    const [first] = levels;
    if (!first) throw new Error("a level");
    const request: Modelled = { id: row.id, tool, amount, key, spec: null, records: [], pushed: [], noticed: false, blockedUntil: null };
    if (model.blocked(tool)) request.records.push("approval.denied");
    else {
      request.spec = {
        state: "pending",
        digest: hex(row.action_digest),
        contentVersion: 1,
        revision: 1,
        risk: RISKS[tool],
        expiresAt: model.now + TIMEOUT[RISKS[tool]],
        requesterSide: [seats.olga.personId],
        levels,
        level: 1,
        levelDueAt: model.now + (first.moveAfter ?? 0),
      };
      request.records.push("approval.requested");
      for (const effect of pushes(RISKS[tool], first)) model.tell(request, effect);
    }
    model.requests.push(request);
    await agree(model, real);
  },
  toString: () => `ask ${tool} ${amount} with key ${key}`,
});

interface Clicking {
  person: Name;
  verdict: "approve" | "deny";
  staleness: number;
  digestRight: boolean;
  confirmRight: boolean;
  proves: boolean;
}

const deciding = (index: number, click: Clicking): Command =>
  onRequest(`${JSON.stringify(click)} on`, index, async (model, _real, request) => {
    const { person, verdict, staleness, digestRight, confirmRight, proves } = click;
    const seat = seats[person];
    const version = (request.spec?.contentVersion ?? 1) - staleness;
    const proof = `${request.id} ${person} ${request.spec?.contentVersion ?? 1}`;
    if (proves) {
      const refusal = await doorValue<string | null>(seat.tenant, "step_up", [request.id, seat.personId, seat.sessionHash]);
      expect(refusal).toBe(request.spec?.state === "pending" ? null : "already_terminal");
      if (refusal === null) model.proofs.set(proof, model.now);
    }
    const digest = digestRight && request.spec ? request.spec.digest : "0".repeat(64);
    const confirm = { "/id": confirmRight ? "u_1" : "u_2" };
    const code = await codeOf(decide(seat, request.id, version, { verdict, digest, confirm }));
    model.repair(request);
    const proved = (model.proofs.get(proof) ?? -Infinity) > model.now - STEP_UP_HOLDS;
    const decision = { person: seat.personId, version, digest };
    expect(code).toBe(
      model.apply(
        request,
        verdict === "deny" ? { type: verdict, ...decision } : { type: verdict, confirmed: confirmRight, proved, ...decision },
      ),
    );
  });

const escalating = (index: number, person: Name): Command =>
  onRequest(`${person} escalates`, index, async (model, _real, request) => {
    const code = await codeOf(escalate(seats[person], request.id));
    model.repair(request);
    expect(code).toBe(model.apply(request, { type: "escalate", person: seats[person].personId }));
  });

const cancelling = (index: number): Command =>
  onRequest("cancel", index, async (model, real, request) => {
    const code = await codeOf(cancel(real.agent, request.id));
    model.repair(request);
    expect(code).toBe(model.apply(request, { type: "cancel" }));
  });

const reading = (index: number): Command =>
  onRequest("read", index, async (model, real, request) => {
    const row = await readOwnRequest(real.agent, request.id);
    model.repair(request);
    expect(row?.state).toBe(request.spec?.state ?? "denied");
  });

const editing = (index: number): Command =>
  onRequest("new version of", index, async (model, _real, request) => {
    if (request.spec?.state !== "pending") return;
    await world.newVersion(request.id);
    request.spec = { ...request.spec, contentVersion: request.spec.contentVersion + 1, revision: request.spec.revision + 1 };
    request.records.push("approval.edited");
  });

const ticking = (): Command => ({
  check: () => true,
  run: async (model, real) => {
    await world.tick();
    for (const request of model.requests) {
      model.repair(request);
      model.apply(request, { type: "escalate", person: null });
    }
    await agree(model, real);
  },
  toString: () => "the scheduler looks",
});

/** Nobody answers: every level is asked in its turn, and the last one is silent too. */
const silence = (): Command => ({
  check: () => true,
  run: async (model, real) => {
    for (let minute = 0; minute < 5; minute++) {
      await moving(60).run(model, real);
      await ticking().run(model, real);
    }
  },
  toString: () => "five minutes of silence",
});

const moving = (seconds: number): Command => ({
  check: () => true,
  run: async (model) => {
    await world.moveClock(seconds);
    model.now += seconds * SECOND;
  },
  toString: () => `${seconds} s pass`,
});

const index = fc.nat({ max: 9 });
const mostly = fc.integer({ min: 0, max: 9 }).map((n) => n > 0);
const name = fc.constantFrom(...NAMES);
const click = fc.record({
  // Who may decide, more often than not: otherwise few histories end with a decision.
  person: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom("ana" as const, "ana" as const, "ben" as const, "cleo" as const) },
    { weight: 1, arbitrary: name },
  ),
  verdict: fc.constantFrom("approve" as const, "approve" as const, "deny" as const),
  staleness: mostly.map((fine) => (fine ? 0 : 1)),
  digestRight: mostly,
  confirmRight: mostly,
  proves: fc.boolean(),
});
const asks = fc
  .tuple(
    fc.constantFrom("users.delete" as const, "orders.refund" as const),
    fc.integer({ min: 1, max: 2 }),
    fc.constantFrom(null, "k1", "k2"),
  )
  .map((parts) => asking(...parts));
const commands = fc.commands(
  [
    asks,
    asks,
    asks,
    asks,
    fc.tuple(index, click).map((parts) => deciding(...parts)),
    fc.tuple(index, click).map((parts) => deciding(...parts)),
    fc.tuple(index, click).map((parts) => deciding(...parts)),
    fc.tuple(index, click).map((parts) => deciding(...parts)),
    fc.tuple(index, name).map((parts) => escalating(...parts)),
    index.map(cancelling),
    index.map(reading),
    index.map(editing),
    fc.constant(null).map(ticking),
    // The very moments: level times, deadlines, the step-up's two minutes, the block's hour.
    fc.oneof(fc.constantFrom(60, 120, 180, 240, 300, 720, 3_600), fc.integer({ min: 1, max: 200 })).map(moving),
    fc.constantFrom(30, 60).map(moving),
    fc.constant(null).map(silence),
  ],
  { maxCommands: COMMANDS, size: "max" },
);

it("random histories in the database are, step by step, what the pure specification says", async () => {
  const seed = Number(process.env.LICET_TEST_SEED ?? Date.now() % 2 ** 31);
  console.log(`model test: ${RUNS} histories, seed ${seed} (LICET_TEST_SEED repeats it)`);
  const reached = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(commands, async (history) => {
      const { id: agentId, keyId } = await world.agent(`robot-${++run}`, { id: seats.olga.personId }, [TOOLS.delete, TOOLS.refund]);
      await world.tick();
      const model = new Model();
      const [clock] = await world.sql<{ now: string }>("select door_clock() as now");
      model.now = Date.parse(clock?.now ?? "");
      await fc.asyncModelRun(() => ({ model, real: { agent: { tenant: seats.olga.tenant, agentId, keyId } } }), history);
      for (const { spec } of model.requests) reached.set(spec?.state ?? "blocked", (reached.get(spec?.state ?? "blocked") ?? 0) + 1);
    }),
    { numRuns: RUNS, seed },
  );
  console.log("ended as", JSON.stringify(Object.fromEntries(reached)));
  // Histories that never get anywhere would prove nothing.
  expect([...reached.keys()].sort()).toEqual(["approved", "blocked", "cancelled", "denied", "expired", "pending"]);
});
