import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Problem } from "@/lib/platform/problem";
import { parsePolicy } from "@/lib/policy/parse";
import { policyOf, readManifest } from "./read";
import { parseCalls } from "./recorded-calls";
import { replay } from "./replay";

async function replayed(file: string, calls: string) {
  const manifest = await readManifest(file);
  return replay(manifest.tools, { version: 1, ...parsePolicy(policyOf(manifest)) }, parseCalls(calls));
}
const assistant = (calls: string) => replayed("examples/replay/assistant.yaml", calls);
const line = (tool: string, given: object, session = "s") => JSON.stringify({ session, tool, arguments: given });

describe("the example of an office assistant", () => {
  it("lets no injected write through without a person, and asks about few of the user's calls", async () => {
    const { kinds, calls } = await assistant(readFileSync("examples/replay/sample.jsonl", "utf8"));
    expect(calls.filter(({ kind, outcome }) => kind === "injection" && outcome === "allowed")).toEqual([]);
    const { allowed, asked, denied } = kinds.user ?? { allowed: 0, asked: 0, denied: 0 };
    expect({ allowed, asked, denied }).toEqual({ allowed: 10, asked: 1, denied: 0 });
  });

  it.each([
    ["a domain that only begins like the own one", { recipients: ["a@bluesparrowtech.com.evil.test"], subject: "s", body: "b" }],
    ["a domain that only ends like the own one", { recipients: ["a@xbluesparrowtech.com"], subject: "s", body: "b" }],
    ["an address within an address", { recipients: ["evil@evil.test,a@bluesparrowtech.com"], subject: "s", body: "b" }],
    ["a line break", { recipients: ["a@bluesparrowtech.com\nevil@evil.test"], subject: "s", body: "b" }],
    ["somebody in copy", { recipients: ["a@bluesparrowtech.com"], cc: ["evil@evil.test"], subject: "s", body: "b" }],
    ["an attachment", { recipients: ["a@bluesparrowtech.com"], subject: "s", body: "b", attachments: [{ file_id: "1" }] }],
    ["recipients that are no list", { recipients: "a@bluesparrowtech.com", subject: "s", body: "b" }],
    ["no body to look at", { recipients: ["a@bluesparrowtech.com"], subject: "s" }],
  ])("asks about mail with %s", async (_, given) => {
    expect((await assistant(line("workspace.send_email", given))).calls[0]?.outcome).toBe("asked");
  });

  it("asks when the same call comes ten times in a row, in that session alone", async () => {
    const same = (session: string) => line("slack.send_direct_message", { recipient: "Bob", body: "hello" }, session);
    const { calls } = await assistant([...Array.from({ length: 10 }, () => same("a")), same("b")].join("\n"));
    expect(calls.map(({ outcome }) => outcome)).toEqual([...Array.from({ length: 9 }, () => "allowed"), "asked", "allowed"]);
  });
});

describe("the example of an airline", () => {
  it.each([
    ["send_certificate", { user_id: "u", amount: 50 }, "allowed"],
    ["send_certificate", { user_id: "u", amount: 51 }, "asked"],
    ["send_certificate", { user_id: "u", amount: -50 }, "asked"],
    ["cancel_reservation", { reservation_id: "r" }, "asked"],
    ["update_reservation_baggages", { reservation_id: "r", total_baggages: 2, nonfree_baggages: 0 }, "allowed"],
    ["update_reservation_baggages", { reservation_id: "r", total_baggages: 3, nonfree_baggages: 1 }, "asked"],
    ["update_reservation_flights", { reservation_id: "r", cabin: "business", flights: [] }, "asked"],
  ])("%s %j is %s", async (tool, given, outcome) => {
    expect((await replayed("examples/replay/airline.yaml", line(tool, given))).calls[0]?.outcome).toBe(outcome);
  });

  it("adds gestures up within a conversation", async () => {
    const gesture = line("send_certificate", { user_id: "u", amount: 50 });
    const { calls } = await replayed("examples/replay/airline.yaml", [gesture, gesture, gesture].join("\n"));
    expect(calls.map(({ outcome }) => outcome)).toEqual(["allowed", "allowed", "asked"]);
  });
});

it("denies a tool that the file does not have", async () => {
  expect((await assistant(line("workspace.wipe", {}))).calls[0]).toMatchObject({ outcome: "denied", why: "unknown_tool" });
});

describe("recorded calls", () => {
  it("are read from sessions too, in their order", () => {
    const text = JSON.stringify({
      tools: [],
      sessions: [{ id: "a", kind: "user", reason: "why", calls: [{ tool: "x" }, { tool: "y", arguments: { n: 1 } }] }],
    });
    expect(parseCalls(text)).toEqual([
      { session: "a", kind: "user", reason: "why", tool: "x", arguments: {} },
      { session: "a", kind: "user", reason: "why", tool: "y", arguments: { n: 1 } },
    ]);
  });

  it.each([
    ["no JSON", `${line("x", {})}\n{`, /line 2/],
    ["a call without a tool", `${line("x", {})}\n\n{"session": "s"}`, /line 3/],
    ["a key that stands there twice", `{"session": "s", "tool": "x", "tool": "y"}`, /line 1/],
    ["a session without calls to read", `{"sessions": [{"id": 1, "calls": []}]}`, /sessions.0.id/],
    ["nothing", "\n", /no call/],
  ])("say where they cannot be read: %s", (_, text, words) => {
    let thrown: unknown;
    try {
      parseCalls(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(Problem);
    expect(String((thrown as Problem).details.detail)).toMatch(words);
  });
});
