import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonError, LIMITS, parseStrictJson } from "./strict-json";

const nested = (levels: number) => `${"[".repeat(levels)}1${"]".repeat(levels)}`;

describe("strict JSON", () => {
  it.each<[string, string, string]>([
    ["a key twice", '{"a":1,"a":1}', "/a"],
    ["a key twice, once escaped", '{"a":{"b":1,"\\u0062":2}}', "/a/b"],
    ["a key twice, deep in a list", '[0,{"x/y":1,"x/y":2}]', "/1/x~1y"],
    ["__proto__", '{"a":{"__proto__":{}}}', "/a/__proto__"],
    ["__proto__, escaped", '{"\\u005f_proto__":1}', "/__proto__"],
    ["half of a surrogate pair", '["\\ud83d"]', "/0"],
    ["surrogates the wrong way round", '"\\ude02\\ud83d"', ""],
    ["half of a pair as a key", '{"\\ud800":1}', ""],
    ["NUL", '{"a":"x\\u0000y"}', "/a"],
    ["an integer beyond 2^53 - 1", '{"amount":9007199254740992}', "/amount"],
    ["such an integer as a fraction", "[9007199254740993.0]", "/0"],
    ["such an integer with an exponent", "[1e16]", "/0"],
    ["a negative one", "[-9007199254740993]", "/0"],
    ["a number that overflows", "[1e400]", "/0"],
    ["too deep", nested(LIMITS.depth + 1), "/0".repeat(LIMITS.depth + 1)],
    ["a long string", JSON.stringify({ a: "x".repeat(LIMITS.string + 1) }), "/a"],
    ["a long list", JSON.stringify(Array.from({ length: LIMITS.items + 1 }, () => 0)), `/${LIMITS.items}`],
    ["many keys", JSON.stringify(Object.fromEntries(Array.from({ length: LIMITS.keys + 1 }, (_, i) => [`k${i}`, 0]))), `/k${LIMITS.keys}`],
    ["a byte order mark", '\ufeff{"a":1}', ""],
    ["a comment", '{"a":1} // x', ""],
    ["a comma too many", "[1,]", ""],
    ["single quotes", "{'a':1}", ""],
    ["NaN", "[NaN]", ""],
    ["nothing", "", ""],
    ["two values", "1 2", ""],
    ["a deep bomb", nested(30_000), "/0".repeat(LIMITS.depth + 1)],
  ])("refuses %s, and says where", (_name, text, pointer) => {
    const refusal = (() => {
      try {
        return parseStrictJson(text);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(JsonError);
    expect(refusal).toMatchObject({ pointer });
  });

  it.each([
    nested(LIMITS.depth),
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}',
    "[9007199254740991,-9007199254740991,0.1,-0,1e-7,1E+2]",
    '"\\ud83d\\ude02 \\u00e9 \\/ \\\\ \\""',
    ' \t\r\n{ "a" : [ 1 , true , null , "" ] , "" : { } } \n',
    '{"constructor":1,"toString":2,"hasOwnProperty":3}',
  ])("takes %s as JSON.parse does", (text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  it("reads whatever it writes, and never another value than JSON.parse", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8, stringUnit: "binary" }), fc.constantFrom(0, 1, "\t"), (value, space) => {
        const text = JSON.stringify(value, null, space);
        try {
          expect(parseStrictJson(text)).toEqual(JSON.parse(text));
        } catch (error) {
          expect(error).toBeInstanceOf(JsonError);
        }
      }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: "grapheme" }), fc.oneof(fc.string({ unit: "grapheme" }), fc.maxSafeInteger(), fc.boolean())),
        (value) => {
          fc.pre(!Object.keys(value).includes("__proto__") && !JSON.stringify(value).includes("\\u0000"));
          expect(parseStrictJson(JSON.stringify(value))).toEqual(value);
        },
      ),
    );
  });

  it("refuses every text that JSON.parse refuses, and finds every key that is there twice", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('{}[],:"\\0123456789.eE+-tfn au')) }), (text) => {
        const accepted = (parse: (text: string) => unknown) => {
          try {
            parse(text);
            return true;
          } catch {
            return false;
          }
        };
        if (!accepted(JSON.parse)) expect(accepted(parseStrictJson)).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.string(), fc.json({ maxDepth: 2 }), fc.json({ maxDepth: 2 }), (key, first, second) => {
        const twice = `{${JSON.stringify(key)}:${first},"other":{},${JSON.stringify(key)}:${second}}`;
        expect(() => parseStrictJson(twice)).toThrow(JsonError);
      }),
    );
  });
});
