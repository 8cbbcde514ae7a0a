import { decode } from "next-auth/jwt";
import { context } from "@/lib/platform/context";
import { Remembered } from "@/lib/platform/remembered";
import { deriveKey } from "@/lib/platform/secret";
import { singleton } from "@/lib/platform/singleton";
import type { SignedIn } from "./schema";
import { authenticateSession } from "./session";

/** A session lives 12 hours at most, whatever a cookie or a token says. */
export const SESSION_SECONDS = 12 * 60 * 60;

const isHttps = () => context().config.publicUrl.protocol === "https:";

/** `__Host-` binds a cookie to this very host, and needs HTTPS. */
export const cookieName = (name: string) => (isHttps() ? `__Host-licet.${name}` : `licet.${name}`);

export const cookieOptions = () => ({ httpOnly: true, sameSite: "lax" as const, path: "/", secure: isHttps() });

/** What next-auth encrypts its cookie with. */
export const authSecret = () => deriveKey(context().secret, "next-auth").toString("base64url");

/**
 * Who sends this request, by its session cookie: the cookie is opened and its session looked up, every time.
 * @param cookies  the `Cookie` header
 * @returns null when nobody is signed in, whatever the reason
 */
export async function signedIn(cookies: string | null | undefined): Promise<SignedIn | null> {
  const sid = await sessionSecret(cookies);
  if (sid === null) return null;
  const person = await authenticateSession(sid);
  recent.set(sid, { person, until: performance.now() + RECENT_MS });
  return person;
}

/** As `signedIn`, but possibly as of a few seconds ago: only for callers whose own transaction checks the session again. */
export async function recentlySignedIn(cookies: string | null | undefined): Promise<SignedIn | null> {
  const sid = await sessionSecret(cookies);
  const known = sid === null ? undefined : recent.get(sid);
  return known?.person && known.until > performance.now() ? known.person : signedIn(cookies);
}

const RECENT_MS = 5_000;
const MOST_REMEMBERED = 10_000;

const recent = singleton("recent sessions", () => new Remembered<{ person: SignedIn | null; until: number }>(MOST_REMEMBERED));
/** Which session a cookie names never changes, and opening one is costly (key derivation, decryption). */
const opened = singleton("opened cookies", () => new Remembered<string>(MOST_REMEMBERED));

async function sessionSecret(cookies: string | null | undefined): Promise<string | null> {
  const token = readCookie(cookies ?? "", cookieName("session-token"));
  if (!token) return null;
  const known = opened.get(token);
  if (known !== undefined) return known;
  const claims = await decode({ token, secret: authSecret() }).catch(() => null);
  if (typeof claims?.sid !== "string") return null;
  opened.set(token, claims.sid);
  return claims.sid;
}

function readCookie(header: string, name: string): string | null {
  for (const part of header.split(";")) {
    const [key, ...value] = part.trim().split("=");
    if (key === name) return value.join("="); // a token has only characters that stay as they are
  }
  return null;
}
