import type { Arguments } from "@/lib/catalog/arguments";
import { describe, expect, it } from "vitest";
import { aTool } from "@/tests/policy/generate";
import { limitsFor } from "./limits";
import { defaultPolicy, parsePolicy } from "./parse";
import { countRecipients } from "./recipients";

/** The caps by dimension; what is not limited is left out. */
const capsOf = (...call: Parameters<typeof limitsFor>) =>
  Object.fromEntries(limitsFor(...call).map(({ dimension, cap }) => [dimension, cap]));

describe("limits", () => {
  it("by default are 20 a session and 5 a minute for writing files, 10 and 2 for HTTP to the outside, and wide for the rest", () => {
    const policy = parsePolicy(defaultPolicy());
    const of = (name: string, more: Parameters<typeof aTool>[0]) => capsOf(policy, aTool({ name, ...more }), "low");
    for (const name of ["files.write", "fs.put", "write_file", "local.file.save"]) {
      expect(of(name, { action: "write" }), name).toEqual({ session: 20, minute: 5, day: 20_000 });
    }
    expect(of("files.read", { action: "read" })).toEqual({ minute: 300, day: 20_000 });
    expect(of("http.get", { impact: "external" })).toEqual({ session: 10, minute: 2, day: 20_000 });
    expect(of("http.get", { impact: "record" })).toEqual({ minute: 300, day: 20_000 });
  });

  it("come from the first place that names a dimension: tools in order, the risk, the general one", () => {
    const policy = parsePolicy(`
limits:
  minute: 9
  cost: 5.5
  risk: {high: {minute: 3, day: 30}}
  tools: [{match: {tool: "a*"}, session: 1}, {match: {tool: ab}, session: 2, day: 2}, {match: {action: delete, risk: low}, minute: 0}]
`);
    expect(capsOf(policy, aTool({ name: "ab" }), "high")).toEqual({ session: 1, minute: 3, day: 2, cost: 5.5 });
    expect(capsOf(policy, aTool({ name: "x" }), "high")).toEqual({ minute: 3, day: 30, cost: 5.5 });
    expect(capsOf(policy, aTool({ name: "x" }), "low")).toEqual({ minute: 9, day: 20_000, cost: 5.5 });
    expect(capsOf(policy, aTool({ name: "x", action: "delete" }), "low")).toMatchObject({ minute: 0 });
  });

  it("count together what one place limits, and go on counting when another entry comes before it", () => {
    const bucket = (text: string, name: string) =>
      limitsFor(parsePolicy(text), aTool({ name }), "low").find((limit) => limit.dimension === "session")?.bucket;
    const one = `limits: {tools: [{match: {tool: "a*"}, session: 1}]}`;
    const two = `limits: {tools: [{match: {tool: b}, session: 2}, {match: {tool: "a*"}, session: 1}]}`;
    expect(bucket(one, "a1")).toBe(bucket(one, "a2"));
    expect(bucket(two, "a1")).toBe(bucket(one, "a1"));
    expect(bucket(two, "b")).not.toBe(bucket(two, "a1"));
  });

  it("are none where a policy has none", () => {
    expect(capsOf({}, aTool(), "high")).toEqual({});
  });
});

describe("recipients", () => {
  it.each<[Arguments, number]>([
    [{ to: "a@example.org" }, 1],
    [{ to: "Ann <a@example.org>, b@example.org; c@example.org" }, 3],
    [{ to: ["a@example.org", "b@example.org"], cc: "c@example.org", bcc: [] }, 3],
    [{ message: { recipients: [{ email: "a@example.org", name: "Ann" }, { id: 7 }] } }, 2],
    [{ participants: ["u_1", "u_2"] }, 2],
    [{ to: "USD", from: "EUR" }, 0],
    [{ body: "write to a@example.org" }, 0],
    [{}, 0],
  ])("of %j are %d", (given, expected) => {
    expect(countRecipients(given)).toBe(expected);
  });

  it("are also counted where the catalog says mail, and never twice", () => {
    expect(countRecipients({ audience: ["a@example.org", "b@example.org"] }, { "/audience": "mail", "/sum": "money" })).toBe(2);
    expect(countRecipients({ to: ["a@example.org"] }, { "/to": "mail" })).toBe(1);
    expect(countRecipients({ message: { to: "a@example.org" } }, { "/message/to": "mail", "/message": "mail" })).toBe(2);
  });
});
