import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visiblePieces } from "./visible";

const hidden = (text: string) => visiblePieces(text).flatMap((piece) => (piece.hidden ? [piece.hidden.code] : []));

describe("what cannot be seen in an agent's words is named", () => {
  it("loses and adds nothing: the pieces joined are the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(
          visiblePieces(text)
            .map((piece) => piece.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });

  it.each([
    ["a zero-width space", "de\u200Blete", ["U+200B"]],
    ["a right-to-left override", "safe\u202Egpj.exe", ["U+202E"]],
    ["a tag character, which models read and people do not", "ok\u{E0041}", ["U+E0041"]],
    ["a blank that is drawn as nothing", "a\u2800b", ["U+2800"]],
    ["a filler", "a\u3164b", ["U+3164"]],
    ["a variation selector", "a\uFE0Fb", ["U+FE0F"]],
    ["a control", "a\u0007b", ["U+0007"]],
    ["a no-break space", "a\u00A0b", ["U+00A0"]],
  ])("%s", (_what, text, codes) => expect(hidden(text)).toEqual(codes));

  it("a Cyrillic letter inside a Latin word, and not in a Cyrillic one", () => {
    expect(hidden("p\u0430ypal.com")).toEqual(["U+0430"]);
    expect(hidden("\u043F\u0440\u0438\u0432\u0435\u0442 world")).toEqual([]);
  });

  it("leaves ordinary text alone, line feeds and all", () => {
    expect(visiblePieces("Grüße, 東京\nsecond line 👍")).toEqual([{ text: "Grüße, 東京\nsecond line 👍" }]);
  });
});
