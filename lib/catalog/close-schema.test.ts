import Ajv2020 from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileArguments, type Arguments } from "./arguments";

const takes = (schema: Record<string, unknown>, given: Arguments) => !Array.isArray(compileArguments(schema)(given));
const a = { properties: { a: { type: "integer" } } };
const b = { properties: { b: { type: "integer" } } };

describe("an argument that the schema does not name is refused", () => {
  it.each<[string, Record<string, unknown>, Arguments, Arguments]>([
    ["beside properties", a, { a: 1 }, { a: 1, force: true }],
    ["in an object inside", { properties: { in: a } }, { in: { a: 1 } }, { in: { a: 1, force: true } }],
    ["under an argument called default", { properties: { default: a } }, { default: { a: 1 } }, { default: { force: 1 } }],
    ["in the items of a list", { properties: { list: { type: "array", items: a } } }, { list: [{ a: 1 }] }, { list: [{ force: 1 }] }],
    ["where all of several hold", { allOf: [a, b] }, { a: 1, b: 2 }, { a: 1, b: 2, force: true }],
    ["where any of several holds", { ...a, anyOf: [{ required: ["a"] }, b] }, { a: 1, b: 2 }, { a: 1, force: true }],
    ["where one of several holds", { properties: { x: { oneOf: [{ type: "string" }, a] } } }, { x: { a: 1 } }, { x: { force: 1 } }],
    ["behind a reference", { properties: { x: { $ref: "#/$defs/a" } }, $defs: { a } }, { x: { a: 1 } }, { x: { force: 1 } }],
    ["behind a reference in a list", { $ref: "#/$defs/a", $defs: { a } }, { a: 1 }, { a: 1, force: 1 }],
    ["beside patterns", { patternProperties: { "^x-": {} } }, { "x-a": 1 }, { force: 1 }],
    ["beside a condition", { ...a, if: { required: ["a"] }, then: b }, { a: 1, b: 2 }, { a: 1, force: 1 }],
  ])("%s", (_where, schema, good, bad) => {
    expect(takes(schema, good)).toBe(true);
    expect(takes(schema, bad)).toBe(false);
  });

  it("and its pointer says which", () => {
    expect(compileArguments({ allOf: [a, b] })({ a: 1, force: 1 })).toEqual([
      { pointer: "/arguments/force", detail: "is not an argument of this tool" },
    ]);
  });

  it.each<[string, Record<string, unknown>, Arguments]>([
    ["says that others may stand there", { ...a, additionalProperties: true }, { a: 1, other: 2 }],
    ["names no members at all", { properties: { x: { type: "object" } } }, { x: { other: 2 } }],
    ["is free in a choice", { properties: { x: { anyOf: [{ type: "object" }, { type: "null" }] } } }, { x: { other: 2 } }],
  ])("but an object that %s stays open", (_what, schema, good) => expect(takes(schema, good)).toBe(true));
});

describe("closing never makes a schema looser", () => {
  it.each<[string, Record<string, unknown>, Arguments]>([
    [
      "if",
      { properties: { kind: {}, n: {}, ticket: {} }, if: { properties: { kind: { const: "x" } } }, then: { required: ["ticket"] } },
      { kind: "x", n: 1 },
    ],
    ["not", { properties: { to: {}, n: {} }, not: { properties: { to: { const: "all" } }, required: ["to"] } }, { to: "all", n: 1 }],
    [
      "contains",
      {
        properties: {
          list: { type: "array", minContains: 0, maxContains: 0, contains: { properties: { a: { const: 1 } }, required: ["a"] } },
        },
      },
      { list: [{ a: 1, b: 2 }] },
    ],
  ])("what %s refuses stays refused", (_keyword, schema, bad) => expect(takes(schema, bad)).toBe(false));

  // oneOf apart: where two of its schemas differ in what they leave open only, closing tells them apart.
  it("whatever a schema is put together of", () => {
    const name = fc.constantFrom("a", "b", "c");
    const { schema } = fc.letrec<{ schema: Record<string, unknown> }>((tie) => ({
      schema: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constantFrom<Record<string, unknown>>({}, { type: "integer" }, { const: 1 }),
        fc.dictionary(name, tie("schema"), { maxKeys: 2 }).map((properties) => ({ properties })),
        fc
          .tuple(fc.constantFrom("allOf", "anyOf"), fc.array(tie("schema"), { minLength: 1, maxLength: 2 }))
          .map(([keyword, parts]) => ({ [keyword]: parts })),
        fc
          .tuple(fc.constantFrom("not", "if"), tie("schema"), tie("schema"), fc.dictionary(name, tie("schema"), { maxKeys: 2 }))
          .map(([keyword, part, then, properties]) => ({ properties, [keyword]: part, ...(keyword === "if" && { then }) })),
        fc.subarray(["a", "b", "c"]).map((required) => ({ required })),
      ),
    }));
    const value = fc.dictionary(
      fc.constantFrom("a", "b", "c", "z"),
      fc.oneof(fc.constantFrom(1, 2, "x"), fc.dictionary(name, fc.constant(1))),
    ) as fc.Arbitrary<Arguments>;
    const plain = new Ajv2020({ strict: false });
    fc.assert(
      fc.property(schema, value, (each, given) => {
        if (takes(each, given)) expect(plain.compile({ type: "object", ...each })(given)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
