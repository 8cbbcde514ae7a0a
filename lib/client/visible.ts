/** A run of ordinary text, or one character that cannot be seen or passes for another, named. */
export interface Piece {
  text: string;
  /** `U+200B`, and what it is where that has a common name. */
  hidden?: { code: string; name: string };
}

const NAMES: Record<string, string> = {
  "00A0": "no-break space",
  "00AD": "soft hyphen",
  "034F": "grapheme joiner",
  "061C": "Arabic letter mark",
  "180E": "vowel separator",
  "200B": "zero-width space",
  "200C": "zero-width non-joiner",
  "200D": "zero-width joiner",
  "200E": "left-to-right mark",
  "200F": "right-to-left mark",
  "2028": "line separator",
  "2029": "paragraph separator",
  "202A": "left-to-right embedding",
  "202B": "right-to-left embedding",
  "202C": "end of direction",
  "202D": "left-to-right override",
  "202E": "right-to-left override",
  "2060": "word joiner",
  "2066": "left-to-right isolate",
  "2067": "right-to-left isolate",
  "2068": "first strong isolate",
  "2069": "end of isolate",
  "2800": "Braille blank",
  "3164": "Hangul filler",
  FEFF: "byte order mark",
  "0009": "tab",
  "000D": "carriage return",
};

/** Controls (but line feeds), format characters, private and unassigned ones, lone surrogates, all spaces but the usual one, fillers and variation selectors. */
const HIDDEN =
  /[^\P{C}\n]|[\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]|[\u115F\u1160\u2800\u3164\uFFA0\u17B4\u17B5\u034F]|[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/u;
const WORD = /[\p{L}\p{N}_.@-]+/gu;
const LATIN = /\p{Script=Latin}/u;
/** Alphabets with letters that look like Latin ones. */
const LOOK_ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]|[\uFF01-\uFF5E]/u;

/**
 * Splits a text so that every character can be told: what is invisible, turns the reading direction or, inside a Latin
 * word, comes from an alphabet with the same shapes, stands alone and is named. Joined again, the pieces are the text.
 */
export function visiblePieces(text: string): Piece[] {
  const foreign = lookAlikes(text);
  const pieces: Piece[] = [];
  let run = "";
  let at = 0;
  for (const character of text) {
    if (HIDDEN.test(character) || foreign.has(at)) {
      if (run) pieces.push({ text: run });
      run = "";
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
      pieces.push({
        text: character,
        hidden: { code: `U+${code}`, name: foreign.has(at) ? "looks like a Latin letter" : (NAMES[code] ?? "cannot be seen") },
      });
    } else run += character;
    at += character.length;
  }
  if (run) pieces.push({ text: run });
  return pieces;
}

function lookAlikes(text: string): Set<number> {
  const found = new Set<number>();
  for (const word of text.matchAll(WORD)) {
    if (!LATIN.test(word[0])) continue;
    let at = word.index;
    for (const character of word[0]) {
      if (LOOK_ALIKE.test(character)) found.add(at);
      at += character.length;
    }
  }
  return found;
}
