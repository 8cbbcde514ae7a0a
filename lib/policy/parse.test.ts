import { describe, expect, it } from "vitest";
import { checkPolicy, defaultPolicy, parsePolicy } from "./parse";

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
});
