import fc from "fast-check";
import { expect, it } from "vitest";
import { isPointer, resolvePointer, toPointer } from "./json-pointer";

// RFC 6901, section 5.
const DOCUMENT = { foo: ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8 };

it.each<[string, unknown]>([
  ["", DOCUMENT],
  ["/foo", ["bar", "baz"]],
  ["/foo/0", "bar"],
  ["/", 0],
  ["/a~1b", 1],
  ["/c%d", 2],
  ["/e^f", 3],
  ["/g|h", 4],
  ["/i\\j", 5],
  ['/k"l', 6],
  ["/ ", 7],
  ["/m~0n", 8],
  ["/foo/2", undefined],
  ["/foo/01", undefined],
  ["/foo/-1", undefined],
  ["/foo/-", undefined],
  ["/foo/length", undefined],
  ["/foo/0/0", undefined],
  ["/constructor", undefined],
  ["/__proto__/toString", undefined],
])("%s resolves to %j", (pointer, value) => {
  expect(resolvePointer(DOCUMENT, pointer)).toEqual(value);
});

it("finds any value under its name, however that is spelled", () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      fc.pre(name !== "__proto__" && !name.startsWith("/"));
      const pointer = toPointer(name);
      expect(isPointer(pointer)).toBe(true);
      expect(resolvePointer({ [name]: 42 }, pointer)).toBe(42);
      expect(toPointer(pointer)).toBe(pointer);
    }),
  );
});

it.each(["", "a", "/~", "/~2", "/a~", "a/b"])("%j is no pointer", (text) => {
  expect(isPointer(text)).toBe(false);
});
