import { expect, it } from "vitest";
import { ToolInput } from "@/lib/catalog/schema";
import { defineTool } from "@/lib/catalog/tools";
import { toInput, toText } from "./tool-text";

const INPUT = ToolInput.parse({
  name: "github.get_issue",
  ...{ action: "read", impact: "external", reversibility: "reversible", justification: "public pages", risk: "low" },
  ...{
    resource: "repos/{owner}",
    mcp: { server: "github", tool: "get_issue" },
    cost: 2,
    owner: "olga@example.org",
    kinds: { owner: "text" },
  },
  arguments: { type: "object", properties: { owner: { type: "string" } } },
  pinned: { hash: "ab".repeat(32), description: "Gets an issue" },
});
const { definitionHash, ...defined } = defineTool(INPUT);
const tool = { id: "t", version: 1, ...defined };

it("keeps what the form does not show, so that a saved form changes nothing by itself", () => {
  expect(defineTool(toInput(toText(tool), tool)).definitionHash).toBe(definitionHash);
});

it("drops a risk of its own with the classification that it was signed for", () => {
  const changed = toInput({ ...toText(tool), action: "write" }, tool);
  expect(changed.risk).toBeUndefined();
  expect(defineTool(changed).risk).toBe("medium");
});
