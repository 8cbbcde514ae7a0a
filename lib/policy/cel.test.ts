import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BINDING_NAMES } from "./binding-names";
import { compileExpression, type Kind } from "./cel";
import { bindJson, bindTime } from "./cel-values";

const compile = (text: string, kind: Kind = "bool") => compileExpression(text, kind, BINDING_NAMES);
const problem = (text: string, kind?: Kind) => {
  const made = compile(text, kind);
  return "run" in made ? null : made;
};
const ask = (text: string, given: Record<string, unknown> = {}, kind: Kind = "bool") => {
  const made = compile(text, kind);
  if (!("run" in made)) throw new Error(made.message);
  return made.run(bindJson({ arguments: given }, { now: bindTime(new Date("2026-06-01T12:00:00Z")) }));
};

describe("an expression", () => {
  it.each([
    ["arguments.amount > 100", { amount: 101 }, true],
    ["arguments.amount > 100.5", { amount: 101 }, true],
    ["arguments.amount == 100", { amount: 100.0 }, true],
    ["arguments.amount >= 99.5", { amount: 99.5 }, true],
    ["arguments.amount < 9007199254740993", { amount: Number.MAX_SAFE_INTEGER }, true],
    ["double(arguments.amount) * 1.5 > 14.0", { amount: 10 }, true],
    ["arguments.to.all(each, each.endsWith('@example.org'))", { to: ["a@example.org", "b@example.com"] }, false],
    ["arguments.to.matches('^[a-z]+@example[.]org$')", { to: "a@example.org" }, true],
    ["has(arguments.note) && arguments.note != null", { note: null }, false],
    ["now > timestamp('2026-06-01T11:59:59Z') && now.getHours('Europe/Berlin') == 14", {}, true],
  ])("%s of %j is %j: JSON's whole numbers are int, others double, and they compare", (text, given, expected) => {
    expect(ask(text, given)).toEqual({ ok: true, value: expected });
  });

  it.each<[string, Kind, number, number, RegExp]>([
    ["", "bool", 1, 1, /./],
    ["arguments.amount >", "bool", 1, 18, /is not CEL/],
    ["true &&\n  (false", "bool", 2, 3, /\( that is not closed/],
    ["arguments.note == 'x", "bool", 1, 19, /quote that is not closed/],
    ["[1)]", "bool", 1, 3, /closes nothing/],
    ["true && argumnets.amount > 1", "bool", 1, 9, /argumnets, which there is not/],
    ["true && constructor", "bool", 1, 9, /constructor, which there is not/],
    ["size(arguments) > 1 && shell('x')", "bool", 1, 24, /shell, which there is not/],
    ["arguments.x.matches(arguments.y)", "bool", 1, 12, /must be written out/],
    ["arguments.x.matches('(?=a)')", "bool", 1, 12, /RE2/],
    ["'text'", "bool", 1, 1, /true or false/],
    ["1 + 1 == 2", "number", 1, 6, /a number/],
    ["99999999999999999999 > 1", "bool", 1, 1, /64 bits/],
    [`${"(".repeat(33)}true${")".repeat(33)}`, "bool", 1, 33, /brackets deeper than 32/],
    [`"${"x".repeat(2048)}" == ""`, "bool", 1, 1, /longer than 2048 bytes/],
    [Array.from({ length: 260 }, () => "1").join("+") + " > 1", "bool", 1, 481, /more than 500 parts/],
    ["[1].all(a, [1].all(b, [1].all(c, true)))", "bool", 1, 26, /deeper than 2/],
  ])("%s is refused, with line and column", (text, kind, line, column, message) => {
    const found = problem(text, kind);
    expect(found?.message).toMatch(message);
    expect([found?.line, found?.column]).toEqual([line, column]);
  });

  it.each([
    ["arguments.amount > 1", {}, /amount/],
    ["arguments.amount > 1", { amount: "much" }, /overload/],
    ["arguments.list[3] == 1", { list: [1] }, /./],
    ["session == 's'", {}, /./],
    ["arguments.amount / 0 > 1", { amount: 1 }, /zero/],
    ["arguments.note", { note: "true" }, /true or false/],
    ["timestamp(arguments.note) < now", { note: "soon" }, /./],
  ])("%s of %j is an error, and never throws", (text, given, message) => {
    const answer = ask(text, given);
    expect(answer).toMatchObject({ ok: false, error: expect.stringMatching(message) });
  });

  it("stops after its steps, even where the rest would answer", () => {
    const list = Array.from({ length: 256 }, (_, i) => i);
    expect(ask("arguments.list.all(a, arguments.list.all(b, a + b >= 0))", { list: list.slice(0, 40) })).toEqual({ ok: true, value: true });
    const endless = "arguments.list.all(a, arguments.list.all(b, a + b >= 0))";
    expect(ask(endless, { list })).toMatchObject({ ok: false, error: expect.stringMatching(/steps/) });
    expect(ask(`${endless} || true`, { list })).toMatchObject({ ok: false, error: expect.stringMatching(/steps/) });
  });

  it("pays for text that it reads over and over", () => {
    const list = Array.from({ length: 200 }, () => "x".repeat(300));
    const reading = "arguments.list.all(a, arguments.list.all(b, !b.matches('y+z')))";
    expect(ask(reading, { list })).toMatchObject({ ok: false });
    expect(ask("arguments.list.all(a, !a.matches('y+z'))", { list })).toEqual({ ok: true, value: true });
  });

  it("makes and reads no list of more than 1 000 items", () => {
    expect(() => bindJson({ arguments: { list: Array.from({ length: 1001 }, () => 0) } })).toThrow(/1000/);
    const list = Array.from({ length: 600 }, () => 0);
    expect(ask("size(arguments.list + arguments.list) > 0", { list })).toMatchObject({
      ok: false,
      error: expect.stringMatching(/list of more than/),
    });
  });

  it("takes linear time for patterns that others take exponential time for", () => {
    expect(ask("arguments.x.matches('^(a+)+$')", { x: `${"a".repeat(5_000)}b` })).toEqual({ ok: true, value: false });
  });

  it("never throws, whatever the text and the values are", () => {
    const word = fc.constantFrom(
      "arguments",
      ".",
      "x",
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      "'",
      '"',
      " ",
      "==",
      "&&",
      "||",
      "!",
      "1",
      "2.5",
      ",",
      "exists",
      "map",
      "has",
      "?",
      ":",
      "\n",
      "//",
      "r'",
      "-",
      "in",
      "size",
      "null",
      "\\",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 25 }).map((words) => words.join("")),
        ),
        fc.jsonValue(),
        (text, x) => {
          const made = compileExpression(text, "any", BINDING_NAMES);
          if ("run" in made) expect(made.run(bindJson({ arguments: { x } }))).toHaveProperty("ok");
          else expect(made.line).toBeGreaterThan(0);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
