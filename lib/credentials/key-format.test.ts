import fc from "fast-check";
import { expect, it } from "vitest";
import { generateKey, parseKey } from "./key-format";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

it("a key is found in text by its shape, and gives its id and secret back", () => {
  const { id, secret, text } = generateKey();
  expect(text).toMatch(/^licet_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
  expect(parseKey(text)).toEqual({ id, secret });
  expect(new Set(Array.from({ length: 500 }, () => generateKey().text)).size).toBe(500);
});

it("one mistyped letter, two swapped or a cut are noticed without any look-up", () => {
  const { text } = generateKey();
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(...Array.from(LETTERS)), (at, letter) => {
      fc.pre(text[at] !== letter);
      expect(parseKey(text.slice(0, at) + letter + text.slice(at + 1))).toBeNull();
    }),
    { numRuns: 1_000 },
  );
  for (let at = 0; at + 1 < text.length; at++) {
    const swapped = text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
    if (swapped !== text) expect(parseKey(swapped)).toBeNull();
    expect(parseKey(text.slice(0, at))).toBeNull();
  }
  for (const wrong of ["", "licet_", ` ${text}`, `${text}\n`, text.toUpperCase(), text.replace("licet", "other")])
    expect(parseKey(wrong)).toBeNull();
});

it("every letter of the alphabet is as likely as any other", () => {
  const counts = new Map<string, number>();
  for (let i = 0; i < 2_000; i++) for (const letter of generateKey().secret) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const expected = (2_000 * 43) / 62;
  expect(counts.size).toBe(62);
  // Six standard deviations: a bias by the modulus (256 mod 62) would be ten.
  for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
});
