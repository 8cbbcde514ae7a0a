import { expect, it } from "vitest";
import { ToolInput } from "./schema";
import { defineTool } from "./tools";

const INPUT = {
  name: "users.delete",
  title: "Delete user {id} for good",
  action: "delete",
  impact: "record",
  reversibility: "irreversible",
  method: "DELETE",
  path: "/users/{id}",
  justification: "GDPR",
  arguments: { type: "object", properties: { id: { type: "string" }, reason: { type: "string" } }, required: ["id"] },
  decisive: ["id"],
};
const define = (more: object = {}) => defineTool(ToolInput.parse({ ...INPUT, ...more }));
const errorsOf = (more: object) => {
  try {
    define(more);
    return null;
  } catch (error) {
    return (error as { details: { errors: { pointer: string; detail: string }[] } }).details.errors;
  }
};

it("derives scope, risk and pointers", () => {
  expect(define()).toMatchObject({ scope: "users:delete", risk: "high", decisive: ["/id"], sensitive: [] });
  expect(define({ scope: "admin", sensitive: ["/reason"] })).toMatchObject({ scope: "admin", sensitive: ["/reason"] });
});

it.each<[object, string, RegExp]>([
  [{ path: "/users/{user}" }, "/path", /names \{user\}, which is not an argument/],
  [{ title: "Delete {name}" }, "/title", /names \{name\}/],
  [{ decisive: ["email"] }, "/decisive", /names \/email/],
  [{ sensitive: ["/to/0"] }, "/sensitive", /names \/to\/0/],
  [{ decisive: ["/~2"] }, "/decisive", /not a JSON Pointer/],
  [{ arguments: { type: "strange" } }, "/arguments", /something other than an object/],
  [{ path: "/x/{constructor}" }, "/path", /names \{constructor\}/],
])("refuses %j", (more, pointer, detail) => {
  expect(errorsOf(more)).toEqual([{ pointer, detail: expect.stringMatching(detail) as string }]);
});

it("finds all that is wrong at once, and nothing to say where the arguments are not described", () => {
  expect(errorsOf({ path: "/{a}", title: "{b}", decisive: ["c"] })).toHaveLength(3);
  expect(errorsOf({ arguments: undefined, path: "/{a}", decisive: ["c"] })).toBeNull();
});

it.each([
  { path: "users" },
  { path: "/users?all=1" },
  { path: "/a b" },
  { name: "" },
  { name: "-x" },
  { name: "a b" },
  { scope: "a b" },
  { method: "LIST" },
  { impact: "all" },
  { risk: "none" },
])("is no tool with %j", (more) => {
  expect(ToolInput.safeParse({ ...INPUT, ...more }).success).toBe(false);
});

it("is pinned by a hash over what it is, and not over why it is thought safe", () => {
  const { definitionHash } = define();
  expect(definitionHash).toMatch(/^[0-9a-f]{64}$/);
  expect(define().definitionHash).toBe(definitionHash);
  expect(define({ justification: "better words" }).definitionHash).toBe(definitionHash);
  const { required, ...rest } = INPUT.arguments;
  expect(define({ arguments: { required, ...rest } }).definitionHash).toBe(definitionHash);
  for (const more of [
    { title: "Delete {id}" },
    { path: "/people/{id}" },
    { method: "POST" },
    { action: "write" },
    { scope: "x" },
    { decisive: [] },
    { justification: undefined, action: "write" },
  ]) {
    expect(define(more).definitionHash).not.toBe(definitionHash);
  }
});
