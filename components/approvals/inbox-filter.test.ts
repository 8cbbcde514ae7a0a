import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listQuery, parseSearch } from "./inbox-filter";

describe("the inbox's search", () => {
  it("takes risk, agent, tool and session; a bare word is an agent", () => {
    const { query, unknown } = parseSearch("risk:high,medium tool:users.delete support-bot");
    expect(Object.fromEntries(query)).toEqual({ risk: "high,medium", tool: "users.delete", agent: "support-bot" });
    expect(unknown).toEqual([]);
  });

  it.each(["risk:huge", "owner:kim", "a".repeat(65), `tool:${"t".repeat(129)}`, "risk:"])(
    "names what it does not understand: %s",
    (word) => {
      const { query, unknown } = parseSearch(word);
      expect([...query]).toEqual([]);
      expect(unknown).toEqual([word]);
    },
  );

  it("never sends the API what it would refuse, whatever is typed", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const query = new URLSearchParams(listQuery("mine", text));
        expect(query.get("status")).toBe("pending");
        expect(query.get("mine")).toBe("true");
        for (const [name, most] of [
          ["agent", 64],
          ["tool", 128],
          ["session", 200],
        ] as const)
          expect((query.get(name) ?? "").length).toBeLessThanOrEqual(most);
      }),
    );
  });
});
