import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { addPolicy } from "./commands/policy";

const folder = mkdtempSync(join(tmpdir(), "licet-policy-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

let out: string[];
beforeEach(() => {
  out = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void out.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

async function licet(...words: string[]): Promise<string> {
  const program = new Command().exitOverride();
  addPolicy(program);
  await program.parseAsync(["node", "licet", "policy", ...words]);
  return out.join("\n");
}

const GOOD = file(
  "good.yaml",
  "rules:\n  - {name: all, match: {}, effect: allow}\n  - {name: late, match: {action: read}, effect: deny}\n",
);
const BAD = file("bad.yaml", "timeout:\n  low: 9s\nrules:\n  - {name: a, match: {}, effect: allow, when: recipients >}\n");
const TOOL = { name: "mail.send", action: "invoke", impact: "external", reversibility: "irreversible", justification: "needed" };
const MANIFEST = file(
  "licet.yaml",
  `version: 1
tools: [${JSON.stringify({ ...TOOL, path: "/mail/{to}", arguments: { type: "object", properties: { to: { type: "string" }, copies: { type: "integer", default: 2 } }, required: ["to"] } })}]
policy:
  rules:
    - {name: own, match: {tool: mail.send}, when: 'arguments.copies == 2 && resource == "/mail/ann%40example.org"', effect: allow}
    - {name: cap, match: {}, over: {count: true, by: agent, cap: 3}, effect: deny}
`,
);

describe("licet policy check", () => {
  it("says what is wrong with line and column, and ends with 1", async () => {
    const said = await licet("check", "-f", BAD);
    expect(said).toMatch(
      /bad\.yaml:2:3: timeout\.low must be from 10s to 30d\n.*bad\.yaml:4:\d+: rules\.0\.when is not CEL: .*\(line 1, column 12 of the expression\)\nThe policy cannot be used\.$/,
    );
    expect(process.exitCode).toBe(1);
  });

  it("warns of a rule that never decides, and ends with 0", async () => {
    expect(JSON.parse(await licet("check", "-f", GOOD, "--json"))).toEqual({
      ok: true,
      problems: [],
      warnings: [{ line: 3, column: 6, detail: expect.stringMatching(/^late can never decide/) }],
    });
    expect(process.exitCode).toBeUndefined();
  });

  it("refuses a file that there is not", async () => {
    await expect(licet("check", "-f", join(folder, "none.yaml"))).rejects.toThrow(/none\.yaml cannot be read/);
  });
});

describe("licet policy try", () => {
  it("evaluates a call of a licet.yaml's tool, with defaults filled in and the resource derived", async () => {
    const call = file("call.json", JSON.stringify({ agent: "bot", tool: "mail.send", arguments: { to: "ann@example.org" } }));
    const said = await licet("try", "-f", MANIFEST, "--request", call);
    expect(said).toMatch(/^Allowed\. Rule: own\. Reason codes: own\.\nRisk: high \(irreversibility 2, blast radius 2, privilege 1\)\./);
    expect(said).toMatch(/\+ {2}rule {2}own {2}it matches, and it is so/);
    expect(said).toMatch(/rule {2}cap {2}own has decided/);
  });

  it("takes a whole catalog entry, and prints the verdict as JSON", async () => {
    const call = file("whole.json", JSON.stringify({ agent: "bot", tool: { ...TOOL, action: "delete" }, at: "2026-06-01T12:00:00Z" }));
    const policy = file("cap.yaml", "rules: [{name: cap, match: {}, over: {count: true, by: agent, cap: 3}, effect: deny}]");
    expect(JSON.parse(await licet("try", "-f", policy, "--request", call, "--json"))).toMatchObject({
      effect: "ask",
      rule: null,
      risk: "high",
      branches: [{ counter: { key: ["cap", "agent", "bot"], cap: 3 }, over: { effect: "deny" } }],
      explanation: [{ name: "cap", result: "skipped" }],
    });
  });

  it.each([
    ["a tool that the file does not have", { agent: "bot", tool: "other" }, /no tool named other/],
    [
      "arguments outside the schema",
      { agent: "bot", tool: "mail.send", arguments: { to: "a", more: 1 } },
      /\/arguments\/more is not an argument/,
    ],
    ["a field that is not known", { agent: "bot", tool: "mail.send", amount: 1 }, /amount/],
  ])("refuses %s", async (_name, request, message) => {
    await expect(licet("try", "-f", MANIFEST, "--request", file("refused.json", JSON.stringify(request)))).rejects.toThrow(message);
  });
});
