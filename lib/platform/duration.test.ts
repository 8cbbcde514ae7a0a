import fc from "fast-check";
import { expect, it } from "vitest";
import { describeDuration, parseDuration } from "./duration";

it.each<[unknown, number]>([
  ["90s", 90],
  ["5m", 300],
  ["1h30m", 5400],
  ["30d", 2_592_000],
  ["1d2h3m4s", 93_784],
  ["0s", 0],
  ["45", 45],
  [45, 45],
])("%j is %d seconds", (input, seconds) => {
  expect(parseDuration(input)).toBe(seconds);
});

it.each([
  "",
  " 5m",
  "5 m",
  "5M",
  "m",
  "-5m",
  "1.5h",
  "5m1h",
  "1e3",
  "5m5m",
  "1234567890s",
  "٥m",
  null,
  undefined,
  true,
  [],
  {},
  -1,
  1.5,
  NaN,
  Infinity,
  2 ** 60,
])("%j is no duration", (input) => {
  expect(parseDuration(input)).toBeNull();
});

it.each<[number, string]>([
  [0, "0 s"],
  [59, "59 s"],
  [60, "1 min"],
  [61, "61 s"],
  [119, "119 s"],
  [120, "2 min"],
  [121, "2 min 1 s"],
  [300, "5 min"],
  [5400, "1 h 30 min"],
  [86_400, "1 day"],
  [90_061, "1 day 1 h 1 min 1 s"],
  [2_592_000, "30 days"],
])("%d seconds are said as %s", (seconds, words) => {
  expect(describeDuration(seconds)).toBe(words);
});

it("loses no second in words", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 * 86_400 }), (seconds) => {
      const written = describeDuration(seconds)
        .replaceAll(/ days?/g, "d")
        .replaceAll(" h", "h")
        .replaceAll(" min", "m")
        .replaceAll(" s", "s");
      expect(parseDuration(written.replaceAll(" ", ""))).toBe(seconds);
    }),
  );
});
