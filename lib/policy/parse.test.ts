import Ajv2020 from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { anyCall, anyPolicy, toYaml } from "@/tests/policy/generate";
import { evaluate } from "./evaluate";
import { policySchema } from "./json-schema";
import { checkPolicy, defaultPolicy, parsePolicy } from "./parse";
import { shadowed } from "./shadows";

const refusal = (text: string) => {
  try {
    parsePolicy(text);
    return null;
  } catch (error) {
    return (error as { details: { errors: { line: number; column: number; detail: string }[] } }).details.errors;
  }
};
const rule = (more: string) => `version: 1\nrules:\n  - name: first\n    effect: allow\n${more}`;

describe("a policy", () => {
  it("ships as one file: deletions and whatever goes beyond reading need a person, justified reads of low risk pass", () => {
    const { timeout, silence, calendar, rules } = parsePolicy(defaultPolicy());
    expect({ timeout, silence, calendar }).toEqual({ timeout: { low: 300, medium: 900, high: 300 }, silence: "deny", calendar: null });
    expect(rules.map(({ name, match, effect }) => ({ name, match, effect }))).toEqual([
      { name: "same-call-repeated", match: [{}], effect: "require_approval" },
      { name: "bulk-mail", match: [{ action: ["write", "invoke", "delete"] }], effect: "require_approval" },
      {
        name: "destructive",
        match: [{ action: ["delete"] }, { action: ["write", "invoke"], reversibility: ["irreversible"] }],
        effect: "require_approval",
      },
      { name: "beyond-read-only", match: [{ action: ["write", "invoke"] }], effect: "require_approval" },
      { name: "low-risk-read", match: [{ action: ["read"], risk: ["low"] }], effect: "allow" },
    ]);
    expect(checkPolicy(defaultPolicy()).warnings).toEqual([]);
  });

  it("takes what it leaves out from the shipped one: deadlines one by one, rules as a whole", () => {
    const shipped = parsePolicy(defaultPolicy());
    expect(parsePolicy("version: 1")).toEqual(shipped);
    expect(parsePolicy("timeout: {high: 90s}")).toEqual({ ...shipped, timeout: { low: 300, medium: 900, high: 90 } });
    expect(parsePolicy("rules: []")).toEqual({ ...shipped, rules: [] });
    expect(parsePolicy("timeout: {low: 10s, medium: 30d, high: 45}").timeout).toEqual({ low: 10, medium: 2_592_000, high: 45 });
  });

  it.each<[string, string, number, number, RegExp]>([
    ["another version", "version: 2", 1, 1, /^version /],
    ["a field that is not known", "version: 1\nruels: []", 1, 1, /ruels/],
    ["a deadline below 10 s", "timeout:\n  low: 9s", 2, 3, /must be from 10s to 30d/],
    ["a deadline above 30 days", "timeout:\n  low: 31d", 2, 3, /must be from 10s to 30d/],
    ["a deadline that is none", "timeout:\n  high: soon", 2, 3, /is not a duration/],
    ["a deadline of a risk that there is not", "timeout:\n  critical: 5m", 2, 3, /critical/],
    ["a rule without a match", rule(""), 3, 5, /rules\.0\.match/],
    ["a rule with an effect that is none", rule("    match: {}\n").replace("allow", "permit"), 4, 5, /rules\.0\.effect/],
    ["a match on what is not known", rule("    match: {amount: 5}\n"), 5, 12, /./],
    ["an action that there is not", rule("    match:\n      action: wipe\n"), 6, 7, /./],
    ["an empty list of matches", rule("    match: []\n"), 5, 12, /./],
    [
      "two rules of one name",
      `${rule("    match: {}\n")}  - name: first\n    effect: deny\n    match: {}\n`,
      6,
      5,
      /two rules named first/,
    ],
    ["a name that is none", rule("    match: {}\n").replace("first", "First Rule"), 3, 5, /is not a name/],
    ["an alias", "version: &v 1\n", 1, 13, /anchors/],
    ["text that is no mapping", "just words", 1, 1, /the document/],
    ["nothing", "", 1, 1, /the file is empty/],
  ])("is refused with %s, and the one in force stays", (_name, text, line, column, detail) => {
    const [first] = refusal(text) ?? [];
    expect(first?.detail).toMatch(detail);
    expect([first?.line, first?.column]).toEqual([line, column]);
  });

  const asked = (more: string) => rule(`    match: {}\n${more}`).replace("allow", "require_approval");

  it.each<[string, string, number, number, RegExp]>([
    [
      "an expression that is not CEL",
      asked("    when: recipients >\n"),
      6,
      5,
      /rules\.0\.when is not CEL.*\(line 1, column 12 of the expression\)/,
    ],
    ["an expression over two lines", asked("    when: |\n      true &&\n      (false\n"), 6, 5, /line 2, column 1 of the expression/],
    [
      "an expression that names what there is not",
      asked("    when: recipient > 1\n"),
      6,
      5,
      /recipient, which there is not \(line 1, column 1/,
    ],
    ["an expression that is a number", asked("    when: '5'\n"), 6, 5, /true or false/],
    ["a condition that is no text", asked("    when: true\n"), 6, 5, /expected string/],
    ["an axis that is not CEL", "axes:\n  privilege:\n    - when: a b\n      score: 1\n", 3, 5, /axes\.privilege/],
    ["a score of 4", "axes:\n  privilege:\n    - when: 'true'\n      score: 4\n", 4, 7, /axes\.privilege/],
    ["a pattern that is not RE2", asked("    reason:\n      pattern: (?=x)\n"), 7, 7, /RE2/],
    ["a rule's deadline below 10 s", asked("    timeout: 9s\n"), 6, 5, /timeout/],
    ["a quorum of none", asked("    quorum: 0\n"), 6, 5, /quorum/],
    ["a quorum of eleven", asked("    quorum: 11\n"), 6, 5, /quorum/],
    ["a quorum of a rule that does not ask", rule("    match: {}\n    quorum: 2\n"), 6, 5, /goes with require_approval/],
    [
      "a cumulative rule that allows",
      rule("    match: {}\n    over: {count: true, by: agent, cap: 1}\n"),
      6,
      11,
      /past a cap nothing is allowed/,
    ],
    ["a cumulative rule without a cap", asked("    over: {count: true, by: agent}\n"), 6, 11, /needs a cap/],
    [
      "a cumulative rule of two kinds",
      asked("    over: {count: true, repeats: 3, by: agent}\n"),
      6,
      11,
      /needs one of sum, count and repeats/,
    ],
    ["a sum over what is no argument", asked("    over: {sum: amount, by: agent, cap: 1}\n"), 6, 12, /is not a path/],
    ["a window below a minute", asked("    over: {count: true, by: agent, cap: 1, window: 59s}\n"), 6, 44, /from 1m to 30d/],
    ["silence that allows what is not low", "on_timeout:\n  high: allow\n", 2, 3, /on_timeout\.high/],
    ["a rule whose silence allows any risk", asked("    on_timeout: allow\n"), 6, 5, /only what is of low risk/],
    [
      "a freeze that ends before it begins",
      "freeze:\n  - {from: 2026-01-02T00:00:00Z, to: 2026-01-01T00:00:00Z, reason: x, effect: deny}\n",
      2,
      34,
      /is not after from/,
    ],
    ["a zone that there is not", "profile:\n  office_hours: {zone: Europe/Bärlin, from: '09:00', to: '17:00'}\n", 2, 18, /./],
    ["a limit below nothing", "limits:\n  minute: -1\n", 2, 3, /limits\.minute/],
    ["a merge key", "rules:\n  - <<: {}\n", 2, 5, /merge keys/],
    ["a tag", "rules: !!seq []\n", 1, 14, /tags/],
    ["the same key twice", "rules: []\nrules: []\n", 2, 1, /unique/],
    ["more than 64 KiB", `# ${"x".repeat(65 * 1024)}\nversion: 1\n`, 1, 1, /64 KiB/],
    ["13 levels", `rules: ${"[".repeat(13)}${"]".repeat(13)}\n`, 1, 20, /12 levels/],
  ])("is refused with %s, in line and column", (_name, text, line, column, detail) => {
    const [first] = refusal(text) ?? [];
    expect(first?.detail).toMatch(detail);
    expect([first?.line, first?.column]).toEqual([line, column]);
  });

  it("says everything that is wrong at once", () => {
    expect(refusal("timeout: {low: 1s, high: soon}\nrules:\n  - {name: A, match: {}, effect: allow, when: 1 +}\n")).toHaveLength(4);
  });

  it("is refused when it asks a chain that there is not, or more people than there are", () => {
    const reach = { chains: new Map([["night", new Set(["a", "b"])]]), groups: new Map([["security", new Set(["b", "c"])]]) };
    const detail = (more: string) => checkPolicy(asked(more), reach).problems.map((each) => each.detail);
    expect(detail("    chain: day\n")).toEqual(["rules.0.chain there is no chain named day"]);
    expect(detail("    chain: night\n    quorum: 2\n")).toEqual([]);
    expect(detail("    chain: night\n    quorum: 3\n")).toEqual(["rules.0.quorum wants 3 people, and the chain night has 2"]);
    expect(detail("    chain: night\n    quorum: {security: 1}\n")).toEqual([]);
    expect(detail("    chain: night\n    quorum: {security: 2}\n")).toEqual([
      "rules.0.quorum wants 2 of security, and the chain night has 1 of them",
    ]);
    expect(detail("    chain: night\n    quorum: {ops: 1}\n")).toEqual(["rules.0.quorum there is no group named ops"]);
  });

  it("is warned of a rule that an earlier one always answers for, and only of such", () => {
    const warned = (rules: string) => checkPolicy(`rules:\n${rules}`).warnings;
    const wide = "  - {name: wide, match: {tool: 'users.*', action: [read, write]}, effect: allow}\n";
    expect(warned(`${wide}  - {name: narrow, match: {tool: users.d*, action: read, risk: low}, effect: deny}\n`)).toEqual([
      { line: 3, column: 6, detail: "narrow can never decide: whatever it matches, wide matches before it" },
    ]);
    expect(warned(`${wide}  - {name: narrow, match: {tool: '*.delete', action: read}, effect: deny}\n`)).toEqual([]);
    expect(warned(`${wide}  - {name: narrow, match: {tool: users.x, action: [read, delete]}, effect: deny}\n`)).toEqual([]);
    expect(
      warned(
        `${wide.replace("effect", "when: recipients > 1, effect")}  - {name: narrow, match: {tool: users.x, action: read}, effect: deny}\n`,
      ),
    ).toEqual([]);
  });

  it("a rule called shadowed never decides", { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(anyPolicy, anyCall, (plain, call) => {
        const policy = { version: 1, ...parsePolicy(toYaml(plain)) };
        const never = shadowed(policy.rules).map(({ rule }) => policy.rules[rule]?.name);
        expect(never).not.toContain(evaluate(policy, call).rule ?? "");
      }),
      { numRuns: 300 },
    );
  });

  it("is never answered with anything but a policy or its own refusal", { timeout: 30_000 }, () => {
    const word = fc.constantFrom(
      "rules",
      "version",
      "match",
      "when",
      "over",
      "effect",
      ":",
      "- ",
      "\n",
      "  ",
      "{",
      "}",
      "[",
      "]",
      "1",
      "'",
      '"',
      "&a",
      "*a",
      "!!x",
      "<<",
      "|",
      ">",
      "recipients > 1",
      "name",
      "allow",
      "#",
      "? ",
      "%",
    );
    const document = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.array(word, { maxLength: 40 }).map((words) => words.join("")),
      fc.jsonValue().map((value) => stringify(value)),
      anyPolicy.map(toYaml),
    );
    fc.assert(
      fc.property(document, (text) => {
        const { policy, problems } = checkPolicy(text);
        expect(policy === null).toBe(problems.length > 0);
        for (const { line, column, detail } of problems) expect(line > 0 && column > 0 && detail.length > 0).toBe(true);
        if (policy) expect(() => parsePolicy(text)).not.toThrow();
        else expect(refusal(text)).toEqual(problems);
      }),
      { numRuns: 600 },
    );
  });

  it("has a JSON Schema that says what is checked", () => {
    const schema = policySchema();
    expect(schema).toMatchObject({ $schema: expect.stringMatching(/2020-12/), additionalProperties: false });
    const valid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    expect(valid(parse(defaultPolicy())), JSON.stringify(valid.errors)).toBe(true);
    for (const wrong of [{ ruels: [] }, { rules: [{ name: "a" }] }, { limits: { minute: "many" } }]) expect(valid(wrong)).toBe(false);
  });
});
