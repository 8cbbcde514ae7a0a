import { describe, expect, it } from "vitest";
import { aTool } from "@/tests/policy/generate";
import { sameCall } from "./counter";
import { evaluate, type Call } from "./evaluate";
import { defaultPolicy, parsePolicy } from "./parse";

const policyOf = (text: string) => ({ version: 1, ...parsePolicy(text) });
const DEFAULT = policyOf(defaultPolicy());
const NOW = new Date("2026-06-01T12:00:00Z");
type More = Partial<Omit<Call, "tool">> & { tool?: Parameters<typeof aTool>[0] };
const call = ({ tool, ...more }: More = {}): Call => ({
  ...{ agent: "bot", session: "s1", notInspectable: [], arguments: {}, resource: null, held: [], now: NOW },
  ...more,
  tool: aTool(tool),
});
const rules = (text: string) => policyOf(`rules:\n${text}`);
const people = (count: number) => Array.from({ length: count }, (_, i) => `p${i}@example.org`);

describe("the four default triggers", () => {
  it("a destructive call needs a person; the same write that can be undone is asked as a write", () => {
    const destructive = call({ tool: { action: "write", reversibility: "irreversible" } });
    expect(evaluate(DEFAULT, destructive)).toMatchObject({ effect: "ask", rule: "destructive", reasons: ["destructive"] });
    expect(evaluate(DEFAULT, call({ tool: { action: "write", reversibility: "effort" } }))).toMatchObject({ rule: "beyond-read-only" });
  });

  it("mail to 101 people is bulk mail, to 100 it is not", () => {
    const mail = (count: number) => call({ tool: { action: "invoke" }, arguments: { to: people(count - 1), cc: "boss@example.org" } });
    expect(evaluate(DEFAULT, mail(101))).toMatchObject({ effect: "ask", rule: "bulk-mail", reasons: ["bulk-mail"] });
    expect(evaluate(DEFAULT, mail(100))).toMatchObject({ effect: "ask", rule: "beyond-read-only" });
  });

  it("whatever goes beyond reading needs a person, a read does not", () => {
    expect(evaluate(DEFAULT, call({ tool: { action: "write" } }))).toMatchObject({ effect: "ask", rule: "beyond-read-only" });
    expect(evaluate(DEFAULT, call())).toMatchObject({ effect: "allow", rule: "low-risk-read" });
  });

  it("the same call ten times in a row needs a person, whoever counts it", () => {
    const verdict = evaluate(DEFAULT, call({ arguments: { page: 1 } }));
    expect(verdict.effect).toBe("allow");
    expect(verdict.branches).toMatchObject([
      {
        counter: {
          kind: "repeats",
          cap: 10,
          key: ["same-call-repeated", "session", "bot/s1"],
          window: 3600,
          history: true,
        },
        over: { effect: "ask", rule: "same-call-repeated", reasons: ["same-call-repeated", "over_repeats"] },
      },
    ]);
    expect(sameCall("tickets.list", { page: 1 })).toBe(sameCall("tickets.list", { page: 1 }));
    expect(sameCall("tickets.list", { page: 2 })).not.toBe(sameCall("tickets.list", { page: 1 }));
    expect(sameCall("tickets.lists", { page: 1 })).not.toBe(sameCall("tickets.list", { page: 1 }));
  });
});

describe("an expression that fails", () => {
  const both = rules(
    `
  - {name: ask, match: {}, when: arguments.amount > 5, effect: EFFECT}
  - {name: rest, match: {}, effect: allow}`.replace("EFFECT", "require_approval"),
  );

  it("counts as so where the rule asks or denies, and is written down", () => {
    const verdict = evaluate(both, call());
    expect(verdict).toMatchObject({
      effect: "ask",
      rule: "ask",
      reasons: ["ask", "policy_error"],
      errors: [{ part: "rule", name: "ask" }],
    });
    expect(verdict.explanation).toMatchObject([
      { name: "ask", result: "matched", why: expect.stringMatching(/failed, which counts as so: arguments.amount > 5: .*amount/) },
      { name: "rest", result: "skipped", why: "ask has decided" },
    ]);
  });

  it("counts as not so where the rule allows", () => {
    const allowing = rules("  - {name: small, match: {}, when: arguments.amount < 5, effect: allow}");
    expect(evaluate(allowing, call())).toMatchObject({ effect: "ask", rule: null, reasons: ["no_rule", "policy_error"] });
    expect(evaluate(allowing, call({ arguments: { amount: 4 } }))).toMatchObject({ effect: "allow" });
  });

  it("scores 3 on an axis", () => {
    const scored = policyOf("axes: {blast_radius: [{when: arguments.count > 5, score: 2}], privilege: arguments.level}");
    expect(evaluate(scored, call({ arguments: { count: 6, level: 1 } }))).toMatchObject({
      axes: { blast_radius: 2, privilege: 1 },
      risk: "medium",
      errors: [],
    });
    const failed = evaluate(scored, call({ arguments: { count: "many", level: 9 } }));
    expect(failed).toMatchObject({ axes: { blast_radius: 3, privilege: 3 }, risk: "high", effect: "ask" });
    expect(failed.errors.map(({ name }) => name)).toEqual(["blast_radius", "privilege"]);
  });
});

describe("axes", () => {
  it("never score below the catalog's: lowering is the catalog's, with a justification", () => {
    const zero = policyOf("axes: {irreversibility: [{when: 'true', score: 0}], blast_radius: '0'}");
    expect(evaluate(zero, call({ tool: { action: "delete", reversibility: "irreversible" } })).axes).toEqual({
      irreversibility: 3,
      blast_radius: 1,
      privilege: 2,
    });
  });

  it("rise by one where a look-up failed, which the agent is told in a code", () => {
    expect(evaluate(DEFAULT, call({ failedFacts: ["title"] }))).toMatchObject({
      axes: { blast_radius: 2 },
      risk: "medium",
      reasons: ["no_rule", "lookup_failed"],
    });
  });
});

describe("a cumulative rule", () => {
  const payments = (over: string) =>
    rules(`
  - {name: cap, match: {tool: "tickets.*"}, over: ${over}, effect: deny}
  - {name: rest, match: {}, effect: allow}`);
  const perAgent = payments("{sum: arguments.amount, by: agent, window: 1h, cap: 1000, unit: arguments.currency}");

  it("is data for whoever holds the counter: both outcomes are worked out", () => {
    const verdict = evaluate(perAgent, call({ arguments: { amount: 12.5, currency: "EUR" } }));
    expect(verdict).toMatchObject({ effect: "allow", rule: "rest" });
    expect(verdict.branches).toMatchObject([
      {
        counter: { kind: "sum", key: ["cap", "agent", "bot"], amount: 12.5, cap: 1000, window: 3600, unit: "EUR" },
        over: { effect: "deny", reasons: ["cap", "over_sum"] },
      },
    ]);
  });

  it.each([
    ["a missing amount", {}, /there is no|not an amount/],
    ["a negative one", { amount: -1, currency: "EUR" }, /negative/],
    ["one that is no number", { amount: "1e9", currency: "EUR" }, /not an amount/],
    ["no currency", { amount: 1 }, /there is no arguments.currency/],
  ])("holds at once for %s", (_name, given, why) => {
    const verdict = evaluate(perAgent, call({ arguments: given }));
    expect(verdict).toMatchObject({ effect: "deny", rule: "cap", branches: [], reasons: ["cap", "policy_error"] });
    expect(verdict.errors[0]?.error).toMatch(why);
  });

  it("adds up a list, and never two currencies", () => {
    const list = payments("{sum: arguments.parts.*.amount, unit: arguments.parts.*.currency, by: tenant, cap: 10}");
    const parts = (currency: string) => ({
      parts: [
        { amount: 2, currency: "EUR" },
        { amount: "0.5", currency },
      ],
    });
    expect(evaluate(list, call({ arguments: parts("EUR") })).branches).toMatchObject([
      { counter: { amount: 2.5, unit: "EUR", key: ["cap", "tenant", ""] } },
    ]);
    expect(evaluate(list, call({ arguments: parts("USD") })).errors).toMatchObject([
      { error: expect.stringMatching(/more than one unit/) },
    ]);
    expect(evaluate(list, call({ arguments: { parts: [{ amount: 2, currency: "EUR" }, {}] } })).effect).toBe("deny");
  });

  it("counts by what it says: agent, root agent, resource, tenant, session", () => {
    const of = (by: string, more: More) => evaluate(payments(`{count: true, by: ${by}, cap: 3}`), call(more)).branches[0]?.counter.key[2];
    expect(of("agent", {})).toBe("bot");
    expect(of("root_agent", {})).toBe("bot");
    expect(of("root_agent", { root_agent: "lead" })).toBe("lead");
    expect(of("resource", { resource: "/users/7" })).toBe("/users/7");
    expect(of("resource", {})).toBe("tool tickets.read");
    expect(of("session", {})).toBe("bot/s1");
  });

  it("holds only where its condition does too", () => {
    const both = rules("  - {name: cap, match: {}, when: \"arguments.to == 'x'\", over: {count: true, by: agent, cap: 1}, effect: deny}");
    expect(evaluate(both, call({ arguments: { to: "y" } })).branches).toEqual([]);
    expect(evaluate(both, call({ arguments: { to: "x" } })).branches).toHaveLength(1);
  });
});

describe("a rule's demands", () => {
  it("deny whoever gives no such reason, in a code the agent can read, with what to say", () => {
    const ticket = rules("  - {name: t, match: {}, effect: allow, reason: {pattern: 'T-[0-9]+', prompt: Which ticket?}}");
    expect(evaluate(ticket, call({ reason: "asked" }))).toMatchObject({
      effect: "deny",
      reasons: ["t", "reason_required"],
      reason: { prompt: "Which ticket?" },
    });
    expect(evaluate(ticket, call())).toMatchObject({ effect: "deny" });
    expect(evaluate(ticket, call({ reason: "see T-12" }))).toMatchObject({ effect: "allow" });
  });

  it("reach whoever asks: quorum, chain, hold and deadline", () => {
    const strict = rules(
      "  - {name: q, match: {}, effect: require_approval, chain: night, quorum: {security: 1, leads: 2}, hold: true, timeout: {low: 30s}}",
    );
    expect(evaluate(strict, call())).toMatchObject({ chain: "night", quorum: { security: 1, leads: 2 }, hold: true, timeout: 30 });
    expect(evaluate(strict, call({ tool: { action: "delete" } }))).toMatchObject({ timeout: 300 });
  });

  it("let silence allow at low risk only, and only where a person would have been asked", () => {
    const silent = policyOf("on_timeout: {low: allow}\nrules: []");
    expect(evaluate(silent, call())).toMatchObject({ effect: "ask", on_timeout: "allow", risk: "low" });
    expect(evaluate(silent, call({ tool: { action: "delete" } }))).toMatchObject({ on_timeout: "deny", risk: "high" });
    expect(evaluate(DEFAULT, call())).toMatchObject({ effect: "allow", on_timeout: "deny" });
  });

  it("match servers, scopes and stages", () => {
    const narrow = rules("  - {name: m, match: {mcp_server: git*, scope: 'repo:*', stage: trial}, effect: deny}");
    const fits: More = { mcp_server: "github", stage: "trial", tool: { scope: "repo:read" } };
    expect(evaluate(narrow, call(fits)).effect).toBe("deny");
    for (const differs of [
      { mcp_server: null },
      { mcp_server: "jira" },
      { stage: "production" as const },
      { stage: undefined },
      { tool: {} },
    ]) {
      expect(evaluate(narrow, call({ ...fits, ...differs })).effect).toBe("ask");
    }
  });
});

describe("a freeze", () => {
  const freeze = (effect: string) =>
    policyOf(`
freeze: [{from: "2026-06-01T00:00:00Z", to: "2026-06-02T00:00:00+02:00", reason: release, effect: ${effect}}]
rules: [{name: all, match: {}, effect: allow}]`);
  const write = (now?: string) => call({ tool: { action: "write" }, now: now === undefined ? undefined : new Date(now) });

  it("denies or asks what is not a read, from its first moment to before its last", () => {
    expect(evaluate(freeze("deny"), write("2026-06-01T00:00:00Z"))).toMatchObject({ effect: "deny", reasons: ["all", "frozen"] });
    expect(evaluate(freeze("require_approval"), write("2026-06-01T21:59:59Z"))).toMatchObject({ effect: "ask", chain: "default" });
    expect(evaluate(freeze("deny"), write("2026-06-01T22:00:00Z"))).toMatchObject({ effect: "allow", reasons: ["all"] });
    expect(evaluate(freeze("deny"), call())).toMatchObject({ effect: "allow" });
  });

  it("is in force where nobody says the time", () => {
    expect(evaluate(freeze("deny"), write())).toMatchObject({ effect: "deny" });
  });
});

describe("office hours", () => {
  const office = policyOf('profile: {office_hours: {zone: Europe/Berlin, from: "09:00", to: "17:00"}}\nrules: []');

  it("let the deadline's clock stand still, and give it in plain seconds", () => {
    expect(evaluate(office, call({ now: new Date("2026-06-05T14:30:00Z") })).timeout).toBe(65 * 3600);
    expect(evaluate(office, call({ now: undefined })).timeout).toBe(3600);
  });
});
