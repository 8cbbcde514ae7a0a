import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deriveKey, randomToken, seal, sha256, unseal } from "./secret";

const SECRET = "a secret that is long enough for this";

describe("sealing", () => {
  it("gives back what was sealed, and never looks the same twice", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const sealed = seal(SECRET, "vapid", text);
        expect(unseal(SECRET, "vapid", sealed)).toBe(text);
        expect(seal(SECRET, "vapid", text)).not.toBe(sealed);
      }),
    );
  });

  it("is opened by neither another secret nor another purpose", () => {
    const sealed = seal(SECRET, "vapid", "x");
    expect(() => unseal(`${SECRET}!`, "vapid", sealed)).toThrow();
    expect(() => unseal(SECRET, "receipt", sealed)).toThrow();
  });

  it("is not opened when a single bit was changed, or it was cut", () => {
    const sealed = Buffer.from(seal(SECRET, "vapid", "some words"), "base64url");
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const changed = Buffer.from(sealed);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => unseal(SECRET, "vapid", changed.toString("base64url"))).toThrow();
      }),
    );
    for (let length = 0; length < sealed.length; length++) {
      expect(() => unseal(SECRET, "vapid", sealed.subarray(0, length).toString("base64url"))).toThrow();
    }
  });
});

it("each purpose has a key of its own", () => {
  const keys = ["a", "b", ""].map((purpose) => deriveKey(SECRET, purpose).toString("hex"));
  expect(new Set(keys).size).toBe(3);
  expect(keys[0]).toHaveLength(64);
});

it("a token is 256 random bits as 43 characters that need no escaping", () => {
  const tokens = new Set(Array.from({ length: 1_000 }, randomToken));
  expect(tokens.size).toBe(1_000);
  for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/);
});

it("a hash is SHA-256 over UTF-8", () => {
  expect(sha256("abc").toString("hex")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(sha256("é").equals(sha256("e\u0301"))).toBe(false);
});
