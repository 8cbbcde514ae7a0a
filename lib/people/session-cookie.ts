import { decode } from "next-auth/jwt";
import { context } from "@/lib/platform/context";
import { deriveKey } from "@/lib/platform/secret";
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
  const token = readCookie(cookies ?? "", cookieName("session-token"));
  if (!token) return null;
  const claims = await decode({ token, secret: authSecret() }).catch(() => null);
  return typeof claims?.sid === "string" ? authenticateSession(claims.sid) : null;
}

function readCookie(header: string, name: string): string | null {
  for (const part of header.split(";")) {
    const [key, ...value] = part.trim().split("=");
    if (key === name) return decodeURIComponent(value.join("="));
  }
  return null;
}
