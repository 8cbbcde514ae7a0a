import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalDigest, canonicalJson } from "./canonical";
import { parseStrictJson } from "./strict-json";

describe("canonical JSON (RFC 8785)", () => {
  it("writes the example of section 3.2.2 as section 3.2.4 says", () => {
    const text = `{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`;
    expect(canonicalJson(JSON.parse(text))).toBe(
      `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`,
    );
  });

  it("sorts keys by their UTF-16 code units, as section 3.2.3 does", () => {
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
    const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
    expect(Object.keys(JSON.parse(`{"x":${text}}`) as object)).toEqual(["x"]);
    expect([...text.matchAll(/"((?:[^"\\]|\\.)+)":0/g)].map(([, key]) => JSON.parse(`"${key}"`) as string)).toEqual([
      "\r",
      "1",
      "\u0080",
      "\u00f6",
      "\u20ac",
      "\ud83d\ude00",
      "\ufb33",
    ]);
  });

  it.each<[string, string]>([
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555553", "333333333.3333332"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ])("writes the number %s (IEEE 754, appendix B) as %s", (hex, text) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(`0x${hex}`));
    expect(canonicalJson(view.getFloat64(0))).toBe(text);
  });

  it("has no form for what JSON cannot say", () => {
    for (const value of [NaN, Infinity, undefined]) expect(() => canonicalJson(value as never)).toThrow();
  });

  const value = fc.jsonValue({ maxDepth: 4 }).map((each) => JSON.parse(JSON.stringify(each)) as never);

  it("means the same, whatever the order of keys, and says it the same way again", () => {
    fc.assert(
      fc.property(value, (given) => {
        const text = canonicalJson(given);
        expect(JSON.parse(text)).toEqual(given);
        expect(canonicalJson(JSON.parse(text) as never)).toBe(text);
        expect(canonicalDigest(reversed(given)).equals(canonicalDigest(given))).toBe(true);
      }),
    );
  });

  it("differs for values that differ", () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(canonicalJson(a) === canonicalJson(b)).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
      }),
    );
    expect(canonicalDigest(parseStrictJson('"\\u00e9"')).equals(canonicalDigest(parseStrictJson('"e\\u0301"')))).toBe(false);
  });
});

function reversed(value: unknown): never {
  if (Array.isArray(value)) return value.map(reversed) as never;
  if (!value || typeof value !== "object") return value as never;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)]),
  ) as never;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!value || typeof value !== "object") return Object.is(value, -0) ? 0 : value;
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => [`key ${key}`, sorted(each)]);
  // Told apart from an array of the same.
  return { members };
}
