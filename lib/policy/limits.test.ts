import type { Arguments } from "@/lib/catalog/arguments";
import { describe, expect, it } from "vitest";
import { aTool } from "@/tests/policy/generate";
import { limitsFor } from "./limits";
import { defaultPolicy, parsePolicy } from "./parse";
import { countRecipients } from "./recipients";

describe("limits", () => {
  it("by default are 20 a session and 5 a minute for writing files, 10 and 2 for HTTP to the outside, and wide for the rest", () => {
    const policy = parsePolicy(defaultPolicy());
    const of = (name: string, more: Parameters<typeof aTool>[0]) => limitsFor(policy, aTool({ name, ...more }), "low");
    for (const name of ["files.write", "fs.put", "write_file", "local.file.save"]) {
      expect(of(name, { action: "write" }), name).toEqual({ session: 20, minute: 5, day: 20_000, cost: null });
    }
    expect(of("files.read", { action: "read" })).toEqual({ session: 1000, minute: 300, day: 20_000, cost: null });
    expect(of("http.get", { impact: "external" })).toEqual({ session: 10, minute: 2, day: 20_000, cost: null });
    expect(of("http.get", { impact: "record" })).toMatchObject({ session: 1000 });
  });

  it("come from the first place that names a dimension: tools in order, the risk, the general one", () => {
    const policy = parsePolicy(`
limits:
  minute: 9
  cost: 5.5
  risk: {high: {minute: 3, day: 30}}
  tools: [{match: {tool: "a*"}, session: 1}, {match: {tool: ab}, session: 2, day: 2}, {match: {action: delete, risk: low}, minute: 0}]
`);
    expect(limitsFor(policy, aTool({ name: "ab" }), "high")).toEqual({ session: 1, minute: 3, day: 2, cost: 5.5 });
    expect(limitsFor(policy, aTool({ name: "x" }), "high")).toEqual({ session: 1000, minute: 3, day: 30, cost: 5.5 });
    expect(limitsFor(policy, aTool({ name: "x" }), "low")).toEqual({ session: 1000, minute: 9, day: 20_000, cost: 5.5 });
    expect(limitsFor(policy, aTool({ name: "x", action: "delete" }), "low")).toMatchObject({ minute: 0 });
  });

  it("are none where a policy has none", () => {
    expect(limitsFor({}, aTool(), "high")).toEqual({ session: null, minute: null, day: null, cost: null });
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
