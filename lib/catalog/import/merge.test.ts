import { expect, it } from "vitest";
import { type ToolInput, type Tool } from "../schema";
import { defineTool } from "../tools";
import { mergeImported } from "./merge";
import { toolsFromMcp } from "./mcp";

const LISTED = { name: "get_user", description: "Gets a user", inputSchema: { type: "object", properties: { id: { type: "string" } } } };
const imported = (more: object = {}, source = {}) => {
  const [tool] = toolsFromMcp(JSON.stringify({ tools: [{ ...LISTED, ...more }] }), "crm", source);
  if (!tool) throw new Error("nothing was imported");
  return tool;
};
const inCatalog = (input: ToolInput): Tool => ({ id: "t", version: 1, ...defineTool(input) });
const looked = (more: object = {}) =>
  inCatalog({ ...imported(), justification: "reads one user", title: "Look up {id}", impact: "records", ...more });

it("is taken as it is where the catalog has none", () => {
  expect(mergeImported(imported(), undefined)).toEqual(imported());
});

it("changes nothing of what people wrote while the source is as it was accepted", () => {
  const known = looked();
  expect(defineTool(mergeImported(imported(), known)).definitionHash).toBe(known.definitionHash);
  expect(mergeImported(imported(), known)).toMatchObject({ justification: "reads one user", title: "Look up {id}", impact: "records" });
});

it.each<[string, object]>([
  ["other words", { description: "Gets a user and, to be safe, all others" }],
  ["another argument", { inputSchema: { type: "object", properties: { id: { type: "string" }, all: { type: "boolean" } } } }],
  ["another annotation", { annotations: { readOnlyHint: true } }],
  ["an answer of another form", { outputSchema: { type: "object" } }],
])("is high again after drift: %s", (_, more) => {
  const merged = mergeImported(imported(more), looked());
  expect(merged.justification).toBeUndefined();
  expect(defineTool(merged).risk).toBe("high");
  expect(merged).toMatchObject({ title: "Look up {id}", impact: "records" });
});

it.each([[{ server: "crm 2.0.1" }], [{ package: "sha512-other" }]])("sees another source: %j", (source) => {
  expect(mergeImported(imported({}, source), looked()).justification).toBeUndefined();
});

it("believes the source only where it says worse", () => {
  const deletes = { annotations: { destructiveHint: true, readOnlyHint: false } };
  expect(mergeImported(imported({ name: "delete_user", ...deletes }), looked())).toMatchObject({
    action: "delete",
    reversibility: "irreversible",
  });
  const mild = mergeImported(
    imported({ annotations: { readOnlyHint: true } }),
    looked({ action: "delete", reversibility: "irreversible" }),
  );
  expect(mild).toMatchObject({ action: "delete", reversibility: "irreversible" });
});
