import { hash, verify } from "@node-rs/argon2";
import { dictionary } from "@zxcvbn-ts/language-common";
import { problem } from "@/lib/platform/problem";

export const weakPassword = problem("weak_password", 422, "That password is too easy to guess. Nothing was saved.");

/** `unlike`: so much of it must not be the person's own name or address. */
const LENGTH = { least: 12, most: 200, unlike: 8 } as const;
/** OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane. */
const ARGON = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

let common: Set<string> | null = null;
const isListed = (text: string) => (common ??= new Set(dictionary["passwords-common"])).has(text);

/**
 * NIST SP 800-63B: long enough, and not one that everybody tries first: on the list of common ones, a listed one with
 * digits around it, repeated, a run such as 123456789012, or made of the person's own name or address.
 * @returns what is wrong, in words for the person, or null
 */
export function weakness(password: string, ...own: string[]): string | null {
  if ([...password].length < LENGTH.least) return `Use at least ${LENGTH.least} characters.`;
  if (password.length > LENGTH.most) return `Use at most ${LENGTH.most} characters.`;
  const plain = password.toLowerCase();
  const core = plain.replace(/^[^a-z]+|[^a-z]+$/g, "");
  if (isListed(plain) || (core.length >= 8 && isListed(core))) return "This is one of the passwords that are tried first.";
  const unit = /^(.+?)\1+$/.exec(plain)?.[1];
  if (unit !== undefined && (unit.length < 4 || isListed(unit))) return "This repeats something short.";
  const steps = new Set([...plain].slice(1).map((char, i) => char.charCodeAt(0) - plain.charCodeAt(i)));
  if (steps.size === 1) return "This is a simple run of characters.";
  if (withoutWords(plain, own).length < LENGTH.unlike) return "This is little more than your own name or address.";
  return null;
}

/** What is left of a password when the person's name, address and their parts are taken out. */
function withoutWords(password: string, own: string[]): string {
  const words = own.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]).map((word) => word.toLowerCase());
  return words
    .filter((word) => word.length >= 3)
    .sort((a, b) => b.length - a.length)
    .reduce((left, word) => left.replaceAll(word, ""), password);
}

/** @throws weakPassword with the reason as `detail` */
export async function hashPassword(password: string, ...own: string[]): Promise<string> {
  const detail = weakness(password, ...own);
  if (detail) throw weakPassword({ detail, errors: [{ pointer: "/password", detail }] });
  return hash(password.normalize("NFKC"), ARGON);
}

/** Takes as long for an account that does not exist or has no password (null) as for a wrong one. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  if (password.length > LENGTH.most) return false;
  decoy ??= hash("nobody has this password", ARGON);
  const matches = await verify(stored ?? (await decoy), password.normalize("NFKC"));
  return matches && stored !== null;
}
let decoy: Promise<string> | null = null;
