import { SHAPE } from "./cel-shape";

export interface Place {
  line: number;
  column: number;
}

/** 1-based, counted in UTF-16 units as editors do. */
export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const CLOSES: Record<string, string> = { "(": ")", "[": "]", "{": "}" };

/** Quoted text with its prefix (r, b), three quotes or one; or a comment to the end of its line. */
const SKIPPED = /(?:[rR][bB]?|[bB][rR]?)?("""|'''|"|')|\/\/[^\n]*/y;

/**
 * Brackets and quotes, which the parser would only report as the end of what it understood.
 * @returns what is wrong and where, or null
 */
export function scanProblem(text: string): { message: string; offset: number } | null {
  const open: { bracket: string; offset: number }[] = [];
  for (let at = 0; at < text.length; at++) {
    SKIPPED.lastIndex = at;
    const skipped = /[\w]/.test(text.charAt(at - 1)) && /\w/.test(text.charAt(at)) ? null : SKIPPED.exec(text);
    if (skipped) {
      const quote = skipped[1];
      const end = quote ? endOfQuote(text, at + skipped[0].length, quote, /^r|^br/i.test(skipped[0])) : at + skipped[0].length;
      if (end === null) return { message: "has a quote that is not closed", offset: at };
      at = end - 1;
      continue;
    }
    const char = text.charAt(at);
    if (char in CLOSES) {
      open.push({ bracket: char, offset: at });
      if (open.length > SHAPE.brackets) return { message: `nests brackets deeper than ${SHAPE.brackets}`, offset: at };
    } else if (char === ")" || char === "]" || char === "}") {
      const last = open.pop();
      if (!last || CLOSES[last.bracket] !== char) return { message: `has a ${char} that closes nothing`, offset: at };
    }
  }
  const last = open.at(-1);
  return last ? { message: `has a ${last.bracket} that is not closed`, offset: last.offset } : null;
}

function endOfQuote(text: string, from: number, quote: string, raw: boolean): number | null {
  for (let at = from; at < text.length; at++) {
    if (text.startsWith(quote, at)) return at + quote.length;
    if (quote.length === 1 && text.charAt(at) === "\n") return null;
    if (!raw && text.charAt(at) === "\\") at++;
  }
  return null;
}
