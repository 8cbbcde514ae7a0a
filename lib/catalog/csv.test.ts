import fc from "fast-check";
import { expect, it } from "vitest";
import { Problem } from "@/lib/platform/problem";
import { toolsFromCsv, toolsToCsv } from "./csv";
import { ToolInput } from "./schema";

const TOOL = ToolInput.parse({
  name: "orders.refund",
  title: 'Refund "{amount}", EUR\nfor {id}',
  ...{ action: "write", impact: "record", reversibility: "irreversible", justification: "=SUM(A1), said somebody" },
  ...{ method: "POST", path: "/orders/{id}/refunds", cost: 0.25, owner: "olga@example.org", decisive: ["id", "amount"] },
  arguments: { type: "object", properties: { id: { type: "string" }, amount: { type: "number" } } },
  kinds: { amount: "money" },
  mcp: { server: "crm", tool: "refund" },
});

it("comes back as it went, whatever stands in its cells", () => {
  expect(toolsFromCsv(toolsToCsv([TOOL]))).toEqual([TOOL]);
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 200 }), (title) => {
      const parsed = ToolInput.safeParse({ ...TOOL, title });
      fc.pre(parsed.success && parsed.data.title !== undefined);
      expect(toolsFromCsv(toolsToCsv([parsed.data]))).toEqual([parsed.data]);
    }),
  );
});

it("takes a table that a spreadsheet has written: a mark in front, CRLF, columns left out", () => {
  const text = "\uFEFFname,action,impact,reversibility\r\nusers.get,read,record,reversible\r\n\r\n";
  expect(toolsFromCsv(text)).toMatchObject([{ name: "users.get", action: "read", decisive: [] }]);
});

it.each([
  ["name,danger\na,b\n", /line 1: there is no column danger/],
  ["name,action,impact,reversibility\na,read,galaxy,reversible\n", /line 2: impact/],
  ["name,action,impact,reversibility,arguments\na,read,record,reversible,{\n", /line 2: arguments is not JSON/],
  ["name,action,impact,reversibility,cost\na,read,record,reversible,free\n", /line 2: cost/],
  ['name,action\n"a,read\n', /line/],
])("says where it is wrong: %j", (text, words) => {
  let thrown: unknown;
  try {
    toolsFromCsv(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Problem);
  expect(String((thrown as Problem).details.detail)).toMatch(words);
});
