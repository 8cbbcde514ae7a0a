import canonicalize from "canonicalize";
import { sha256 } from "./secret";
import type { Json } from "./strict-json";

/** What is undefined is left out, as in JSON. */
type Document = Json | { [member: string]: Json | undefined };

/** SHA-256 over the RFC 8785 (JCS) canonical form. The value must be I-JSON: `parseStrictJson` made it, or we did. */
export function canonicalDigest(value: Document): Buffer {
  return sha256(canonicalJson(value));
}

/** RFC 8785 canonical JSON text. */
export function canonicalJson(value: Document): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("a value without a canonical form");
  return text;
}
