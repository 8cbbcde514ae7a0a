import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decoys } from "./decoys";

describe("the three values to pick from on a phone", () => {
  it("are three different ones, the right one among them, the same for the same request", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60 }), fc.uuid(), (value, seed) => {
        const options = decoys(value, seed);
        expect(new Set(options).size).toBe(3);
        expect(options).toContain(value);
        expect(decoys(value, seed)).toEqual(options);
      }),
    );
  });

  it("stand in another order from request to request, so that no place is always right", () => {
    const places = new Set(Array.from({ length: 40 }, (_, n) => decoys("u_48213", `request ${n}`).indexOf("u_48213")));
    expect(places).toEqual(new Set([0, 1, 2]));
  });

  it("look alike: as long, and of the same kinds of characters", () => {
    for (const option of decoys("u_48213", "seed")) expect(option).toMatch(/^[a-z]_\d{5}$/);
  });
});
