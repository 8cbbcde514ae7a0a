import fc from "fast-check";
import { expect, it } from "vitest";
import { matchesPattern } from "./pattern";

it.each<[string, string, boolean]>([
  ["users.delete", "users.delete", true],
  ["users.delete", "users.delete2", false],
  ["users.*", "users.delete", true],
  ["users.*", "users.", true],
  ["users.*", "users", false],
  ["*.delete", "users.delete", true],
  ["*", "", true],
  ["*", "anything", true],
  ["", "", true],
  ["", "x", false],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["a*b*c", "a.b.b.c", true],
  ["a*bc*c", "abc", false],
  ["users.?", "users.x", false],
  ["users.[a-z]", "users.a", false],
  [".*", "x", false],
  ["Users.*", "users.delete", false],
])("%j matches %j: %s", (pattern, name, answer) => {
  expect(matchesPattern(pattern, name)).toBe(answer);
});

it("means by * what an expression means by .*", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (parts, name) => {
      const expression = new RegExp(`^${parts.map((part) => part.replaceAll(".", "\\.")).join(".*")}$`);
      expect(matchesPattern(parts.join("*"), name)).toBe(expression.test(name));
    }),
    { numRuns: 2_000 },
  );
});

it("takes no exponential time", () => {
  expect(matchesPattern(`${"a*".repeat(60)}b`, "a".repeat(100_000))).toBe(false);
});
