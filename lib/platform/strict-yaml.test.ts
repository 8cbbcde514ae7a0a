import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { parseStrictYaml, YamlError } from "./strict-yaml";

const problemsOf = (text: string) => {
  try {
    parseStrictYaml(text);
    return null;
  } catch (error) {
    if (error instanceof YamlError) return error.problems;
    throw error;
  }
};

describe("strict YAML", () => {
  it.each<[string, string, RegExp, number, number]>([
    ["an alias", "a: &x 1\nb: *x\n", /aliases \(\*name\) are not allowed/, 2, 4],
    ["an anchor", "a:\n  b: &x 1\n", /anchors \(&name\) are not allowed/, 2, 9],
    ["a tag", "a: !!str 1\n", /tags \(.+\) are not allowed/, 1, 10],
    ["a tag of one's own", "a: !run rm\n", /tags \(!run\) are not allowed/, 1, 9],
    ["a merge key", "a:\n  <<: {b: 1}\n", /merge keys \(<<\) are not allowed/, 2, 3],
    ["a key twice", "a: 1\nb: 2\na: 3\n", /unique/, 3, 1],
    ["__proto__", "a:\n  __proto__: {b: 1}\n", /__proto__ is not allowed/, 2, 3],
    ["a second document", "a: 1\n---\nb: 2\n", /more than one document/, 1, 1],
    ["nothing", "", /the file is empty/, 1, 1],
    ["a tab as indentation", "a:\n\tb: 1\n", /tab/i, 2, 1],
    ["an unclosed bracket", "a: [1, 2\n", /./, 2, 1],
    ["thirteen levels", `${"[".repeat(13)}1${"]".repeat(13)}`, /deeper than 12 levels/, 1, 14],
    ["65 KiB", `a: ${"x".repeat(65 * 1024)}`, /larger than 64 KiB/, 1, 1],
  ])("refuses %s, and says where", (_name, text, message, line, column) => {
    const found = problemsOf(text)?.find((problem) => message.test(problem.message));
    expect([found?.line, found?.column]).toEqual([line, column]);
  });

  it("takes words as words: only true, false and null mean something, as in YAML 1.2", () => {
    expect(parseStrictYaml("a: yes\nb: on\nc: NO\nd: true\ne: ~\nf: 1:30\ng: 010\nh: 2026-11-23\n").data).toEqual({
      a: "yes",
      b: "on",
      c: "NO",
      d: true,
      e: null,
      f: "1:30",
      g: 10,
      h: "2026-11-23",
    });
    expect(parseStrictYaml(`${"[".repeat(12)}1${"]".repeat(12)}`).data).toBeDefined();
  });

  it("does not grow a small file into a large value", () => {
    const laughs = [
      "a: &a [x, x]",
      ...Array.from({ length: 9 }, (_, i) => `${"bcdefghij"[i]}: &${"bcdefghij"[i]} [*${"abcdefghi"[i]}, *${"abcdefghi"[i]}]`),
    ].join("\n");
    expect(problemsOf(laughs)?.length).toBeGreaterThan(9);
  });

  it("knows where each value stands, and where one is missing: at its nearest parent", () => {
    const yaml = parseStrictYaml("rules:\n  - name: first\n    effect: allow\n  - name: second\n");
    expect(yaml.locate(["rules", 0, "effect"])).toEqual({ line: 3, column: 5 });
    expect(yaml.locate(["rules", 1, "effect"])).toEqual({ line: 4, column: 5 });
    expect(yaml.locate(["nothing"])).toEqual({ line: 1, column: 1 });
  });

  it("reads back what was written, and fails only by saying where", () => {
    const value = fc.jsonValue({ maxDepth: 5 });
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/), value), (data) => {
        fc.pre(!JSON.stringify(data).includes("__proto__") && !JSON.stringify(data).includes('"<<"'));
        const parsed = JSON.parse(JSON.stringify(data)) as unknown;
        expect(parseStrictYaml(stringify(parsed, { aliasDuplicateObjects: false })).data).toEqual(parsed);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from("ab:- \n[]{}&*!|>'\"#,?%@`~<0")) }), (text) => {
        const problems = problemsOf(text);
        for (const { line, column } of problems ?? []) expect(line >= 1 && column >= 1).toBe(true);
      }),
    );
  });
});
