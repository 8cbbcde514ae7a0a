import { describe, expect, it } from "vitest";
import { compileArguments, schemaProblem, type Arguments } from "./arguments";

const object = (properties: Record<string, unknown>, more: object = {}) => ({ type: "object", properties, ...more });

describe("a tool's schema", () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ["is no object's", { type: "array" }, /something other than an object/],
    ["refers elsewhere", object({ a: { $ref: "https://evil.example/schema" } }), /refers to https:\/\/evil\.example\/schema/],
    ["refers to a file", object({ a: { items: [{ $dynamicRef: "file:///etc/passwd" }] } }), /refers to file:/],
    ["is not JSON Schema", object({ a: { type: "strange" } }), /is not a JSON Schema/],
    ["has a pattern that RE2 does not know", object({ a: { pattern: "(?=x)" } }), /is not a JSON Schema/],
    ["has a pattern that is none", object({ a: { pattern: "(" } }), /is not a JSON Schema/],
    ["refers to what is not there", object({ a: { $ref: "#/$defs/none" } }), /is not a JSON Schema/],
    ["is larger than 32 KiB", object({ a: { description: "x".repeat(33 * 1024) } }), /larger than 32 KiB/],
  ])("is refused when it %s", (_name, schema, problem) => {
    expect(schemaProblem(schema)).toMatch(problem);
  });

  it("may say where it comes from, refer to itself and leave its type out", () => {
    const schema = {
      $schema: "http://json-schema.org/draft-07/schema#",
      $id: "https://example.org/x",
      properties: { a: { $ref: "#/$defs/a" } },
      $defs: { a: { type: "string" } },
    };
    expect(schemaProblem(schema)).toBeNull();
    expect(compileArguments(schema)({ a: 1 })).toEqual([{ pointer: "/arguments/a", detail: "must be string" }]);
  });
});

describe("checking arguments", () => {
  const check = (schema: Record<string, unknown>, given: Arguments) => compileArguments(schema)(given);

  it("fills defaults in, and leaves what was given alone", () => {
    const given = { id: "u_1" };
    const schema = object({ id: { type: "string" }, limit: { type: "integer", default: 10 }, tags: { type: "array", default: [] } });
    expect(check(schema, given)).toEqual({ id: "u_1", limit: 10, tags: [] });
    expect(given).toEqual({ id: "u_1" });
    const [first, second] = [check(schema, given), check(schema, given)] as { tags: string[] }[];
    first?.tags.push("x");
    expect(second?.tags).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, Arguments, string, RegExp]>([
    ["what is not named", object({ id: {} }), { id: 1, extra: 2 }, "/arguments/extra", /not an argument of this tool/],
    [
      "what is not named, further in",
      object({ to: object({ id: {} }) }),
      { to: { id: 1, "a/b": 2 } },
      "/arguments/to/a~1b",
      /not an argument/,
    ],
    ["what is missing", object({ id: {} }, { required: ["id"] }), {}, "/arguments/id", /is required/],
    ["another type", object({ amount: { type: "number" } }), { amount: "10" }, "/arguments/amount", /must be number/],
    ["a value that is not listed", object({ to: { enum: ["a", "b"] } }), { to: "c" }, "/arguments/to", /must be one of \["a","b"\]/],
    ["a negative amount", object({ amount: { type: "number", minimum: 0 } }), { amount: -1 }, "/arguments/amount", /must be >= 0/],
    [
      "text that does not match",
      object({ id: { type: "string", pattern: "^u_\\d+$" } }),
      { id: "u_1x" },
      "/arguments/id",
      /must match pattern/,
    ],
    [
      "a name inherited from all objects",
      object({ toString: { type: "string" } }, { required: ["toString"] }),
      {},
      "/arguments/toString",
      /is required/,
    ],
  ])("refuses %s", (_name, schema, given, pointer, detail) => {
    expect(check(schema, given)).toEqual([{ pointer, detail: expect.stringMatching(detail) as string }]);
  });

  it("takes more where the schema says so", () => {
    const given = { id: 1, extra: 2 };
    expect(check(object({ id: {} }, { additionalProperties: true }), given)).toEqual(given);
    expect(check({ type: "object" }, given)).toEqual(given);
    expect(compileArguments(null)(given)).toEqual(given);
    expect(check({ allOf: [object({ id: {} }, { additionalProperties: true })] }, given)).toEqual(given);
  });

  it("holds each text against its own pattern, however many there are", () => {
    const schema = object({
      a: { type: "string", pattern: "^a+$" },
      b: { type: "string", pattern: "^b+$" },
      rest: { type: "object", patternProperties: { "^x": { type: "number" } } },
    });
    expect(check(schema, { a: "aa", b: "bb" })).toEqual({ a: "aa", b: "bb" });
    expect(check(schema, { a: "aa", b: "aa" })).toMatchObject([{ pointer: "/arguments/b" }]);
    expect(check(schema, { rest: { x1: "no number", y: "whatever" } })).toMatchObject([{ pointer: "/arguments/rest/x1" }]);
    expect(check(object({ c: { type: "string", pattern: "^c+$" } }), { c: "aa" })).toMatchObject([{ pointer: "/arguments/c" }]);
  });

  it("takes no exponential time, whatever the pattern and the text", () => {
    const hostile = `${"a".repeat(8_000)}!`;
    for (const pattern of ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^([a-zA-Z]+)*$", "(.*a){25}$"]) {
      expect(schemaProblem(object({ x: { type: "string", pattern } }))).toBeNull();
      expect(check(object({ x: { type: "string", pattern } }), { x: hostile })).toEqual([
        { pointer: "/arguments/x", detail: expect.stringMatching(/pattern/) as string },
      ]);
    }
  });
});
