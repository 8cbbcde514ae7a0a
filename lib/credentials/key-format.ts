import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/**
 * `licet_<id>_<secret>_<crc>`: a prefix and a checksum that secret scanners recognise, an id to look it up by, and 256
 * random bits of which only the SHA-256 is kept. Base 62, so that a double click selects all of it.
 */
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const FORMAT = /^licet_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

export interface ParsedKey {
  id: string;
  secret: string;
}

/** @returns a new key's id and its full text, which is shown once */
export function generateKey(): ParsedKey & { text: string } {
  const id = randomText(12);
  const secret = randomText(43);
  const body = `licet_${id}_${secret}`;
  return { id, secret, text: `${body}_${checksum(body)}` };
}

/** Null when it is not one of ours, or was mistyped or cut off: the checksum says so before any look-up. */
export function parseKey(text: string): ParsedKey | null {
  const [, id, secret, crc] = FORMAT.exec(text) ?? [];
  if (!id || !secret || crc !== checksum(`licet_${id}_${secret}`)) return null;
  return { id, secret };
}

/** Each character by rejection, so that all 62 are equally likely. */
function randomText(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62);
    }
  }
  return text;
}

function checksum(body: string): string {
  let value = crc32(body);
  let text = "";
  for (let i = 0; i < 6; i++) {
    text = ALPHABET.charAt(value % 62) + text;
    value = Math.floor(value / 62);
  }
  return text;
}
