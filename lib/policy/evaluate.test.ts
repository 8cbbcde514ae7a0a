import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogRisk } from "@/lib/catalog/risk";
import type { Tool } from "@/lib/catalog/schema";
import { ACTIONS, IMPACTS, REVERSIBILITIES, RISKS } from "@/lib/catalog/terms";
import { evaluate, type Call } from "./evaluate";
import { defaultPolicy, parsePolicy } from "./parse";
import type { Policy, Rule } from "./schema";

const policy = (rules: Partial<Rule>[]): Policy => ({
  version: 1,
  timeout: { low: 10, medium: 20, high: 30 },
  rules: rules.map((rule, i) => ({ name: `rule-${i}`, match: [{}], effect: "allow", ...rule })),
});
const DEFAULT: Policy = { version: 1, ...parsePolicy(defaultPolicy()) };

function call(more: Partial<Tool> & { agent?: string; notInspectable?: string[] } = {}): Call {
  const { agent = "support-bot", notInspectable = [], ...tool } = more;
  const base = {
    ...{ id: "t", name: "tickets.read", version: 1, title: null, action: "read", impact: "record", reversibility: "reversible" },
    ...{
      justification: "needed",
      method: null,
      path: null,
      scope: "tickets:read",
      arguments: null,
      decisive: [],
      sensitive: [],
      definitionHash: "",
    },
    ...tool,
  } as Omit<Tool, "risk">;
  return { agent, notInspectable, tool: { ...base, risk: catalogRisk(base) } };
}

const anyCall = fc
  .record({
    name: fc.constantFrom("tickets.read", "users.delete", "mail.send"),
    action: fc.constantFrom(...ACTIONS),
    impact: fc.constantFrom(...IMPACTS),
    reversibility: fc.constantFrom(...REVERSIBILITIES),
    justification: fc.constantFrom(null, "because"),
    agent: fc.constantFrom("support-bot", "other"),
    notInspectable: fc.constantFrom<string[][]>([], ["/x"]),
  })
  .map(call);

const some = <T>(values: readonly T[]) => fc.option(fc.subarray([...values], { minLength: 1 }), { nil: undefined });
const anyRules = fc.array(
  fc.record({
    match: fc.array(
      fc.record({
        action: some(ACTIONS),
        impact: some(IMPACTS),
        risk: some(RISKS),
        tool: some(["*", "users.*", "*.read", "x"]),
        agent: some(["support-*"]),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    effect: fc.constantFrom<Rule["effect"][]>("allow", "require_approval", "deny"),
    chain: fc.option(fc.constant("night"), { nil: undefined }),
  }),
  { maxLength: 5 },
);

describe("a policy's verdict", () => {
  it("is the first matching rule's, with its chain and the risk's deadline", () => {
    const rules = policy([
      { match: [{ tool: ["users.*"] }], effect: "deny" },
      { match: [{ agent: ["other"] }, { action: ["delete"] }], effect: "require_approval", chain: "night" },
      { match: [{}], effect: "allow" },
    ]);
    expect(evaluate(rules, call({ name: "users.delete", action: "delete" }))).toMatchObject({
      effect: "deny",
      rule: "rule-0",
      timeout: 30,
    });
    expect(evaluate(rules, call({ agent: "other" }))).toMatchObject({
      effect: "ask",
      rule: "rule-1",
      chain: "night",
      timeout: 10,
      risk: "low",
    });
    expect(evaluate(rules, call())).toMatchObject({ effect: "allow", rule: "rule-2", chain: "default" });
  });

  it("needs a person where no rule matches: never more, and says so", () => {
    expect(evaluate(policy([]), call())).toMatchObject({ effect: "ask", rule: null, chain: "default", reasons: ["no_rule"] });
    expect(evaluate(policy([{ match: [{ tool: ["other"] }] }]), call())).toMatchObject({ effect: "ask", rule: null });
  });

  it("wants all that a match names, one of each list", () => {
    const rules = policy([{ match: [{ action: ["read", "write"], impact: ["record"] }] }]);
    expect(evaluate(rules, call()).effect).toBe("allow");
    expect(evaluate(rules, call({ action: "write" })).effect).toBe("allow");
    expect(evaluate(rules, call({ impact: "records" })).effect).toBe("ask");
    expect(evaluate(rules, call({ action: "invoke" })).effect).toBe("ask");
  });

  it("is one step riskier when something in the call cannot be read, and matched as that", () => {
    expect(evaluate(DEFAULT, call())).toMatchObject({ effect: "allow", risk: "low", reasons: ["low-risk-read"] });
    expect(evaluate(DEFAULT, call({ notInspectable: ["/file"] }))).toMatchObject({
      effect: "ask",
      risk: "medium",
      timeout: 900,
      reasons: ["no_rule", "not_inspectable"],
    });
    expect(evaluate(DEFAULT, call({ justification: null }))).toMatchObject({
      effect: "ask",
      risk: "high",
      reasons: ["no_rule", "not_justified"],
    });
  });

  it("never throws, is the same again, and allows only what its first matching rule allows", () => {
    fc.assert(
      fc.property(anyRules, anyCall, (rules, each) => {
        const given = policy(rules);
        const verdict = evaluate(given, each);
        expect(evaluate(given, each)).toEqual(verdict);
        const decided = given.rules.find(({ name }) => name === verdict.rule);
        expect(verdict.effect).toBe(decided ? { allow: "allow", require_approval: "ask", deny: "deny" }[decided.effect] : "ask");
        for (const earlier of given.rules.slice(0, decided ? given.rules.indexOf(decided) : undefined)) {
          expect(evaluate({ ...given, rules: [earlier] }, each).rule).toBeNull();
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("by the shipped policy passes nothing but justified reads of low risk", () => {
    fc.assert(
      fc.property(anyCall, (each) => {
        const { effect, risk } = evaluate(DEFAULT, each);
        expect(effect).not.toBe("deny");
        expect(effect === "allow").toBe(each.tool.action === "read" && risk === "low");
        if (effect === "allow") expect(each.tool.justification).not.toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });
});
