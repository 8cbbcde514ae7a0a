import fc from "fast-check";
import { stringify } from "yaml";
import { catalogRisk } from "@/lib/catalog/risk";
import type { Tool } from "@/lib/catalog/schema";
import { ACTIONS, IMPACTS, REVERSIBILITIES, RISKS } from "@/lib/catalog/terms";
import type { Call } from "@/lib/policy/evaluate";
import { anyFormula, toCel } from "./expressions";
import type { PlainPolicy, PlainRule } from "./reference";

const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const maybe = <T>(each: fc.Arbitrary<T>) => fc.option(each, { nil: undefined, freq: 2 });
const clean = <T extends object>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const anyMatch = fc
  .record({
    tool: maybe(some(["users.*", "*", "mail.send", "*.read", "*s*e*"])),
    agent: maybe(some(["main", "bot-*"])),
    action: maybe(some(ACTIONS)),
    impact: maybe(some(IMPACTS)),
    risk: maybe(some(RISKS)),
    stage: maybe(some(["trial", "production"])),
  })
  .map((match) => clean(match) as Record<string, string[]>);

const anyOver = fc.oneof(
  fc.record({
    sum: fc.constant("arguments.amount"),
    by: fc.constantFrom("agent", "tenant"),
    cap: fc.nat(5),
    unit: maybe(fc.constant("arguments.to")),
  }),
  fc.record({ count: fc.constant(true as const), by: fc.constantFrom("resource", "root_agent"), cap: fc.nat(5) }),
  fc.record({ repeats: fc.integer({ min: 2, max: 10 }), by: fc.constant("session") }),
);

export const anyRule: fc.Arbitrary<Omit<PlainRule, "name">> = fc
  .record({
    match: fc.array(anyMatch, { minLength: 1, maxLength: 2 }),
    when: maybe(anyFormula),
    over: maybe(anyOver),
    effect: fc.constantFrom("allow" as const, "allow" as const, "require_approval" as const, "deny" as const),
    chain: maybe(fc.constantFrom("night", "default")),
    reason: maybe(fc.record({ required: fc.boolean(), pattern: maybe(fc.constant("T-[0-9]+")) })),
    timeout: maybe(fc.integer({ min: 10, max: 60 })),
  })
  .map((rule) => {
    const kept = clean(rule);
    if (kept.effect === "allow") delete kept.over;
    if (kept.effect === "deny") delete kept.reason;
    return kept;
  });

const anyAxis = maybe(fc.array(fc.record({ when: anyFormula, score: fc.nat(3) }), { minLength: 1, maxLength: 2 }));
const anyTime = fc.constantFrom("2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-06-01T12:00:00Z");

export const anyPolicy: fc.Arbitrary<PlainPolicy> = fc
  .record({
    timeout: fc.record({ low: fc.constant(100), medium: fc.constant(200), high: fc.constant(50) }),
    axes: fc.record({ irreversibility: anyAxis, blast_radius: anyAxis, privilege: anyAxis }),
    freeze: fc.array(
      fc.record({
        from: fc.constant("2026-06-01T00:00:00Z"),
        to: fc.constantFrom("2026-06-01T06:00:00Z", "2026-07-01T00:00:00Z"),
        effect: fc.constantFrom("deny" as const, "require_approval" as const),
        match: maybe(fc.array(anyMatch, { minLength: 1, maxLength: 1 })),
      }),
      { maxLength: 2 },
    ),
    rules: fc.array(anyRule, { maxLength: 6 }),
  })
  .map(({ rules, ...rest }) => clean({ ...rest, rules: rules.map((rule, i) => ({ name: `rule-${i}`, ...rule })) }));

/** The document a person would have written. */
export function toYaml(policy: PlainPolicy): string {
  return stringify(
    {
      timeout: policy.timeout,
      axes: Object.fromEntries(
        Object.entries(policy.axes).map(([axis, entries]) => [axis, entries.map(({ when, score }) => ({ when: toCel(when), score }))]),
      ),
      freeze: policy.freeze.map((freeze) => ({ ...freeze, reason: "year's end" })),
      rules: policy.rules.map((rule) => ({ ...rule, ...(rule.when && { when: toCel(rule.when) }) })),
    },
    { aliasDuplicateObjects: false },
  );
}

export const anyCall: fc.Arbitrary<Call> = fc
  .record({
    tool: fc.record({
      name: fc.constantFrom("users.delete", "users.read", "mail.send", "x"),
      action: fc.constantFrom(...ACTIONS),
      impact: fc.constantFrom(...IMPACTS),
      reversibility: fc.constantFrom(...REVERSIBILITIES),
      justification: fc.constantFrom(null, "because", "because"),
    }),
    agent: fc.constantFrom("main", "bot-1"),
    notInspectable: fc.constantFrom<string[][]>([], [], ["/x"]),
    given: fc.record({
      amount: maybe(fc.oneof(fc.integer({ min: -1, max: 6 }), fc.constant(2.5), fc.constant("a"))),
      to: maybe(fc.constantFrom<(string | string[])[]>("a", "b@example.org", ["a", "b"])),
      deep: maybe(fc.constantFrom<Record<string, boolean>[]>({}, { flag: true })),
      list: maybe(fc.constantFrom<(number | string)[][]>([], [1, 2], [4, "a"], ["a"])),
    }),
    facts: maybe(fc.constantFrom<Record<string, number>[]>({}, { count: 3 })),
    reason: maybe(fc.constantFrom("T-12 says so", "because")),
    resource: maybe(fc.constantFrom(null, "/users/1", "a")),
    session: fc.constantFrom("s1", "s2"),
    stage: fc.constantFrom("trial" as const, "production" as const),
    now: anyTime,
  })
  .map(({ tool, given, now, ...rest }) => ({
    ...rest,
    tool: aTool(tool),
    arguments: clean(given) as NonNullable<Call["arguments"]>,
    held: ["x:read"],
    now: new Date(now),
  }));

/** A tool of the catalog; its risk is derived. */
export function aTool(more: Partial<Tool> = {}): Tool {
  const tool: Omit<Tool, "risk"> = {
    ...{ id: "t", name: "tickets.read", version: 1, title: null, action: "read", impact: "record", reversibility: "reversible" },
    ...{
      justification: "needed",
      method: null,
      path: null,
      ...{ resource: null, mcp: null, kinds: {}, cost: null, owner: null, pinned: null },
      scope: "tickets:read",
      arguments: null,
      decisive: [],
      sensitive: [],
      definitionHash: "",
    },
    ...more,
  };
  return { ...tool, risk: more.risk ?? catalogRisk(tool) };
}
