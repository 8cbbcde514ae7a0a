import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTerminal, pushes, transition, type ApprovalEvent, type ApprovalRequest } from "./transition";

const MINUTE = 60_000;

/** Level 1: Ana, two minutes. Level 2: Ben, one minute. Level 3: Cleo. Olga owns the agent. */
function aRequest(more: Partial<Pick<ApprovalRequest, "risk" | "level" | "levels">> = {}): ApprovalRequest {
  return {
    state: "pending",
    digest: "d",
    contentVersion: 1,
    revision: 1,
    risk: "medium",
    expiresAt: 5 * MINUTE,
    requesterSide: ["olga"],
    levels: [
      { number: 1, people: ["ana"], moveAfter: 2 * MINUTE },
      { number: 2, people: ["ben"], moveAfter: MINUTE },
      { number: 3, people: ["cleo"], moveAfter: null },
    ],
    level: 1,
    levelDueAt: 2 * MINUTE,
    ...more,
  };
}

const approve = (person: string, more: object = {}): ApprovalEvent => ({
  type: "approve",
  person,
  version: 1,
  digest: "d",
  confirmed: true,
  proved: true,
  ...more,
});
const deny = (person: string): ApprovalEvent => ({ type: "deny", person, version: 1, digest: "d" });

/** What it became; fails the test where the specification refuses. */
function after(request: ApprovalRequest, event: ApprovalEvent, now: number): ApprovalRequest {
  const result = transition(request, event, now);
  if ("refusal" in result) throw new Error(result.refusal);
  return result.next;
}

describe("a request's life", () => {
  it("is approved by a person of a level that was asked, in time", () => {
    expect(after(aRequest(), approve("ana"), 1)).toMatchObject({ state: "approved", person: "ana", revision: 2, decidedAt: 1 });
  });

  it("refuses an approval from the very moment of the deadline", () => {
    expect(transition(aRequest(), approve("ana"), 5 * MINUTE - 1)).toHaveProperty("next");
    expect(transition(aRequest(), approve("ana"), 5 * MINUTE)).toEqual({ refusal: "expired" });
  });

  it("expires at the deadline and not before", () => {
    expect(transition(aRequest(), { type: "expire" }, 5 * MINUTE - 1)).toEqual({ refusal: "not_due" });
    expect(after(aRequest(), { type: "expire" }, 5 * MINUTE)).toMatchObject({ state: "expired", decidedBy: "silence" });
  });

  it("closes the tool only where nobody was left to ask, and tells the security officers at high risk", () => {
    const effects = (request: ApprovalRequest) => {
      const result = transition(request, { type: "expire" }, 5 * MINUTE);
      return "effects" in result ? result.effects.map((effect) => effect.type) : [];
    };
    expect(effects(aRequest())).toEqual(["record"]);
    expect(effects(aRequest({ level: 3 }))).toEqual(["record", "block"]);
    expect(effects(aRequest({ level: 3, risk: "high" }))).toEqual(["record", "block", "tell_security_officers"]);
  });

  it("moves up when a level's time is over, and by hand before; the levels asked before may still decide", () => {
    expect(transition(aRequest(), { type: "escalate", person: null }, 2 * MINUTE - 1)).toEqual({ refusal: "not_due" });
    const second = after(aRequest(), { type: "escalate", person: null }, 2 * MINUTE);
    expect(second).toMatchObject({ state: "pending", level: 2, levelDueAt: 3 * MINUTE, contentVersion: 1, revision: 2 });
    const third = after(second, { type: "escalate", person: "ana" }, 2 * MINUTE + 1);
    expect(third).toMatchObject({ level: 3, levelDueAt: null });
    expect(transition(third, { type: "escalate", person: "ben" }, 3 * MINUTE)).toEqual({ refusal: "last_level" });
    expect(after(third, deny("ana"), 4 * MINUTE)).toMatchObject({ state: "denied", person: "ana" });
  });

  it("skips a level that nobody is able to decide at", () => {
    const [first, , third] = aRequest().levels;
    if (!first || !third) throw new Error("three levels");
    expect(after(aRequest({ levels: [first, third] }), { type: "escalate", person: null }, 2 * MINUTE)).toMatchObject({ level: 3 });
  });

  it.each([
    ["somebody of a level that was not asked yet", approve("ben"), "not_asked"],
    ["somebody who is in no level", deny("zoe"), "not_asked"],
    ["the agent's owner", deny("olga"), "requester"],
    ["who read an older version", approve("ana", { version: 0 }), "stale"],
    ["who read another action", approve("ana", { digest: "x" }), "stale"],
  ])("refuses %s", (_who, event, refusal) => {
    expect(transition(aRequest(), event, 1)).toEqual({ refusal });
  });

  it("asks for the decisive value and for the person again, to approve high risk only", () => {
    const high = aRequest({ risk: "high" });
    expect(transition(high, approve("ana", { confirmed: false }), 1)).toEqual({ refusal: "confirm_mismatch" });
    expect(transition(high, approve("ana", { proved: false }), 1)).toEqual({ refusal: "step_up_required" });
    expect(after(high, deny("ana"), 1)).toMatchObject({ state: "denied" });
    expect(after(aRequest(), approve("ana", { confirmed: false, proved: false }), 1)).toMatchObject({ state: "approved" });
  });

  it("reaches for people's devices at high risk only", () => {
    const [first] = aRequest().levels;
    if (!first) throw new Error("a level");
    expect(pushes("medium", first)).toEqual([]);
    expect(pushes("high", first)).toEqual([{ type: "push", level: 1, people: ["ana"] }]);
  });

  it("withdraws twice as once", () => {
    const cancelled = after(aRequest(), { type: "cancel" }, 1);
    expect(cancelled).toMatchObject({ state: "cancelled", decidedBy: "agent", revision: 2 });
    expect(after(cancelled, { type: "cancel" }, 2)).toEqual(cancelled);
  });

  it("whatever happens: terminal states absorb, revisions rise by one with one record each, nothing is approved late", () => {
    const person = fc.constantFrom("ana", "ben", "cleo", "olga", "zoe");
    const event: fc.Arbitrary<ApprovalEvent> = fc.oneof(
      fc.record({
        type: fc.constant("approve" as const),
        person,
        version: fc.constantFrom(1, 1, 2),
        digest: fc.constantFrom("d", "d", "x"),
        confirmed: fc.boolean(),
        proved: fc.boolean(),
      }),
      fc.record({ type: fc.constant("deny" as const), person, version: fc.constant(1), digest: fc.constant("d") }),
      fc.record({ type: fc.constant("escalate" as const), person: fc.option(person) }),
      fc.record({ type: fc.constantFrom("cancel" as const, "expire" as const) }),
    );
    const history = fc.array(fc.tuple(event, fc.integer({ min: 0, max: 2 * MINUTE })), { maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom("low" as const, "high" as const), history, (risk, events) => {
        let request = aRequest({ risk });
        let now = 0;
        for (const [next, passes] of events) {
          now += passes;
          const result = transition(request, next, now);
          if ("refusal" in result) continue;
          const records = result.effects.filter((effect) => effect.type === "record").length;
          expect(result.next.revision).toBe(request.revision + records);
          if (isTerminal(request)) expect(result.next).toEqual(request);
          else expect(records).toBe(1);
          if (result.next.state === "approved") {
            expect(result.next.decidedAt).toBeLessThan(result.next.expiresAt);
            expect(result.next.requesterSide).not.toContain(result.next.person);
          }
          request = result.next;
        }
      }),
    );
  });
});
