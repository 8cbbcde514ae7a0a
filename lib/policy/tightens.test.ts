import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyFormula } from "@/tests/policy/expressions";
import { anyCall, anyPolicy, anyRule, toYaml } from "@/tests/policy/generate";
import type { PlainPolicy } from "@/tests/policy/reference";
import { evaluate, type Call } from "./evaluate";
import type { Outcome } from "./outcome";
import { parsePolicy, type ParsedPolicy } from "./parse";
import { tightens } from "./tightens";

const parsed = (plain: PlainPolicy) => parsePolicy(toYaml(plain));
const RANK = { allow: 0, ask: 1, deny: 2 };
const strictness = ({ effect, on_timeout }: Outcome) => (effect === "ask" && on_timeout === "allow" ? 0.5 : RANK[effect]);

/** What is done when exactly these rules' counters are over: the first of them decides. */
function settled(policy: ParsedPolicy, call: Call, over: (rule: string) => boolean): Outcome {
  const verdict = evaluate({ version: 1, ...policy }, call);
  return verdict.branches.find(({ counter }) => over(counter.rule))?.over ?? verdict;
}

const anyOver = fc.func(fc.boolean()).map((is) => (rule: string) => is(rule));
const laterThan = <T>(list: T[], at: number) => (list.length ? at % (list.length + 1) : 0);

/** The closed list: what one person may put in force alone. Each makes a new document, or none where it cannot apply. */
const OPERATIONS: Record<
  string,
  (
    plain: PlainPolicy,
    by: { at: number; rule: PlainPolicy["rules"][number]; score: number; axis: keyof PlainPolicy["axes"] },
  ) => PlainPolicy | null
> = {
  "add a deny rule": (plain, { at, rule }) => {
    const { reason: _none, ...deny } = rule;
    return { ...plain, rules: plain.rules.toSpliced(laterThan(plain.rules, at), 0, { ...deny, effect: "deny" }) };
  },
  "add an ask rule": (plain, { at, rule: { name, match, when, over } }) => {
    const rule = { name, match, ...(when && { when }), ...(over && { over }), effect: "require_approval" as const };
    return { ...plain, rules: plain.rules.toSpliced(laterThan(plain.rules, at), 0, rule) };
  },
  "raise an axis": (plain, { score, axis, rule: { when } }) => {
    const entries = plain.axes[axis] ?? [];
    const raised = entries.map((each) => ({ ...each, score: Math.max(each.score, score) }));
    return { ...plain, axes: { ...plain.axes, [axis]: when ? [...raised, { when, score }] : raised.length ? raised : undefined } };
  },
  "shorten a timeout": (plain) => ({ ...plain, timeout: { ...plain.timeout, medium: 30 } }),
  "shorten a rule's timeout": (plain) => ({ ...plain, rules: plain.rules.map((each) => (each.timeout ? { ...each, timeout: 10 } : each)) }),
  "demand a reason": (plain, { at }) => {
    const rule = plain.rules[at % Math.max(1, plain.rules.length)];
    if (!rule || rule.effect === "deny" || rule.reason) return null;
    return {
      ...plain,
      rules: plain.rules.map((each) => (each === rule ? { ...each, reason: { required: true, pattern: "T-[0-9]+" } } : each)),
    };
  },
  "remove an allow rule": (plain, { at }) => {
    const allowing = plain.rules.filter(({ effect, reason }) => effect === "allow" && !reason);
    const gone = allowing[at % Math.max(1, allowing.length)];
    return gone ? { ...plain, rules: plain.rules.filter((each) => each !== gone) } : null;
  },
};

const anyChange = fc.record({
  at: fc.nat(10),
  rule: anyRule.map((rule) => ({ name: "added", ...rule })),
  score: fc.nat(3),
  axis: fc.constantFrom("irreversibility", "blast_radius", "privilege"),
});

describe("what is taken for a tightening", () => {
  it.each(Object.entries(OPERATIONS))(
    "%s: never allows more, whatever the call and the counters",
    { timeout: 60_000 },
    (_name, operation) => {
      let taken = 0;
      fc.assert(
        fc.property(anyPolicy, anyChange, fc.array(anyCall, { minLength: 5, maxLength: 5 }), anyOver, (plain, change, calls, over) => {
          const changed = operation(plain, change);
          if (!changed) return;
          const [before, after] = [parsed(plain), parsed(JSON.parse(JSON.stringify(changed)) as PlainPolicy)];
          if (!tightens(before, after)) return;
          taken++;
          for (const call of calls) {
            expect(strictness(settled(after, call, over))).toBeGreaterThanOrEqual(strictness(settled(before, call, over)));
          }
        }),
        { numRuns: 400 },
      );
      expect(taken).toBeGreaterThan(20);
    },
  );

  it("never allows more where two documents have nothing to do with each other", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(anyPolicy, anyPolicy, anyCall, anyOver, (one, other, call, over) => {
        const [before, after] = [parsed(one), parsed(other)];
        if (tightens(before, after))
          expect(strictness(settled(after, call, over))).toBeGreaterThanOrEqual(strictness(settled(before, call, over)));
      }),
      { numRuns: 400 },
    );
  });
});

describe("laws of the engine", () => {
  it("a deny rule added anywhere never allows more, and at the top it denies all that it matches", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(anyPolicy, anyChange, anyCall, anyOver, (plain, change, call, over) => {
        const added = OPERATIONS["add a deny rule"]?.(plain, change) ?? plain;
        expect(tightens(parsed(plain), parsed(added))).toBe(true);
        expect(strictness(settled(parsed(added), call, over))).toBeGreaterThanOrEqual(strictness(settled(parsed(plain), call, over)));
      }),
      { numRuns: 200 },
    );
  });

  it("rules of one effect may stand in any order among themselves: the effect is the same", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(anyPolicy, fc.nat(5), anyCall, anyOver, (plain, at, call, over) => {
        const [first, second] = plain.rules.slice(at, at + 2);
        // Demands for a reason turn an effect into another, so these two would not be equal.
        if (!first || !second || first.effect !== second.effect || first.reason || second.reason) return;
        const swapped = { ...plain, rules: plain.rules.toSpliced(at, 2, second, first) };
        expect(settled(parsed(swapped), call, over).effect).toBe(settled(parsed(plain), call, over).effect);
      }),
      { numRuns: 1_000 },
    );
  });

  it("an axis scored higher never lowers the risk", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(anyPolicy, anyFormula, anyCall, (plain, when, call) => {
        const raised = { ...plain, axes: { ...plain.axes, privilege: [...(plain.axes.privilege ?? []), { when, score: 3 }] } };
        const risk = (policy: PlainPolicy) => ["low", "medium", "high"].indexOf(evaluate({ version: 1, ...parsed(policy) }, call).risk);
        expect(risk(raised)).toBeGreaterThanOrEqual(risk(plain));
      }),
      { numRuns: 200 },
    );
  });
});

describe("the closed list", () => {
  const base = `
limits: {session: 10, minute: 5, tools: [{match: {tool: "f*"}, minute: 2}]}
axes: {privilege: [{when: recipients > 3, score: 2}]}
rules:
  - {name: a, match: {action: read}, effect: allow}
  - {name: b, match: {action: delete}, effect: require_approval, quorum: 1, timeout: 5m}
  - {name: c, match: {tool: x}, effect: deny}
`;
  const change = (from: string, to: string) => {
    expect(base).toContain(from);
    return tightens(parsePolicy(base), parsePolicy(base.replace(from, to)));
  };

  it.each([
    ["the same document", "rules:", "rules:"],
    ["a limit lowered", "minute: 5", "minute: 4"],
    ["a tool's limit lowered", "minute: 2", "minute: 0"],
    ["an axis scored higher", "score: 2", "score: 3"],
    ["an axis added", "privilege: [", "irreversibility: [{when: recipients > 9, score: 3}], privilege: ["],
    ["a quorum raised", "quorum: 1", "quorum: 2"],
    ["a rule's deadline shortened", "timeout: 5m", "timeout: 60s"],
    ["a reason demanded", "effect: allow", "effect: allow, reason: {pattern: T-}"],
    ["a deny rule added at the end", "effect: deny}", "effect: deny}\n  - {name: d, match: {}, effect: deny}"],
    ["an allow rule removed", "  - {name: a, match: {action: read}, effect: allow}\n", ""],
  ])("holds %s", (_name, from, to) => {
    expect(change(from, to)).toBe(true);
  });

  it.each([
    ["a limit raised", "minute: 5", "minute: 6"],
    ["a limit removed", "session: 10, ", ""],
    ["a limit for a tool added, which may stand before a stricter one", "tools: [", "tools: [{match: {tool: fx}, minute: 9}, "],
    ["an axis scored lower", "score: 2", "score: 1"],
    ["another expression", "recipients > 3", "recipients > 4"],
    ["a quorum lowered", "quorum: 1, ", "quorum: {people: 1}, "],
    ["a longer deadline", "timeout: 5m", "timeout: 6m"],
    ["silence that allows", "rules:", "on_timeout: {low: allow}\nrules:"],
    ["another profile", "rules:", "profile: on_call\nrules:"],
    [
      "a freeze, which is a change of its own",
      "rules:",
      "freeze: [{from: 2026-01-01T00:00:00Z, to: 2026-01-02T00:00:00Z, reason: x, effect: deny}]\nrules:",
    ],
    ["an allow rule added", "effect: deny}", "effect: deny}\n  - {name: d, match: {}, effect: allow}"],
    ["a deny rule removed", "  - {name: c, match: {tool: x}, effect: deny}\n", ""],
    ["a deny rule that asks from now on", "effect: deny", "effect: require_approval"],
    ["an allow rule that matches more", "action: read", "action: [read, write]"],
    ["an ask rule before a deny rule, which it may shadow", "rules:", "rules:\n  - {name: d, match: {}, effect: require_approval}"],
    [
      "an ask rule of another chain: who decides changes",
      "effect: deny}",
      "effect: deny}\n  - {name: d, match: {}, effect: require_approval, chain: night}",
    ],
    [
      "rules in another order",
      base.slice(base.indexOf("  - {name: b")),
      base.slice(base.indexOf("  - {name: b")).split("\n").slice(0, 2).reverse().join("\n") + "\n",
    ],
  ])("does not hold %s", (_name, from, to) => {
    expect(change(from, to)).toBe(false);
  });

  it("takes no shorter deadline for one where silence allows", () => {
    const silent = "on_timeout: {low: allow}\ntimeout: {low: 5m}\n";
    expect(tightens(parsePolicy(silent), parsePolicy(silent.replace("5m", "10s")))).toBe(false);
  });

  it("takes no raised axis for one where a rule is for certain risks only", () => {
    const lowOnly = "axes: {privilege: [{when: recipients > 3, score: 2}]}\nrules: [{name: a, match: {risk: low}, effect: deny}]\n";
    expect(tightens(parsePolicy(lowOnly), parsePolicy(lowOnly.replace("score: 2", "score: 3")))).toBe(false);
  });
});
