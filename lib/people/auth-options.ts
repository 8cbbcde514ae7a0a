import type { NextAuthOptions, TokenSet } from "next-auth";
import type { OAuthConfig } from "next-auth/providers/oauth";
import CredentialsProvider from "next-auth/providers/credentials";
import { z } from "zod";
import { doorValue } from "@/lib/db/door";
import { context } from "@/lib/platform/context";
import { logger } from "@/lib/platform/logger";
import { Problem, problem } from "@/lib/platform/problem";
import { sha256 } from "@/lib/platform/secret";
import { endSession, openSession } from "./session";
import { authSecret, cookieName, cookieOptions, SESSION_SECONDS } from "./session-cookie";
import { verifySignIn } from "./sign-in";

export const notAMember = problem("not_a_member", 403, "You are not, or not any more, a member here. Ask an admin to invite you.");

const OidcProfile = z.object({
  sub: z.string().min(1),
  iss: z.string().min(1),
  email: z.string().optional(),
  email_verified: z.unknown().optional(),
});
type OidcProfile = z.infer<typeof OidcProfile>;

/**
 * Sign-in by next-auth: password, and one OpenID Connect issuer where configured. The cookie carries only the secret of a
 * `sessions` row, which is looked up on each request, so a session can be ended at once and everywhere.
 */
export function authOptions(): NextAuthOptions {
  const { config } = context();
  return {
    secret: authSecret(),
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    jwt: { maxAge: SESSION_SECONDS },
    useSecureCookies: config.publicUrl.protocol === "https:",
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    cookies: {
      sessionToken: { name: cookieName("session-token"), options: cookieOptions() },
      callbackUrl: { name: cookieName("callback-url"), options: cookieOptions() },
      csrfToken: { name: cookieName("csrf-token"), options: cookieOptions() },
      pkceCodeVerifier: { name: cookieName("pkce"), options: { ...cookieOptions(), maxAge: 900 } },
      state: { name: cookieName("state"), options: { ...cookieOptions(), maxAge: 900 } },
      nonce: { name: cookieName("nonce"), options: cookieOptions() },
    },
    providers: [
      CredentialsProvider({
        name: "password",
        credentials: { email: { label: "E-mail", type: "email" }, password: { label: "Password", type: "password" } },
        authorize: (input, request) => authorize(input?.email ?? "", input?.password ?? "", request.headers ?? {}),
      }),
      ...(config.oidc ? [oidcProvider(config.oidc)] : []),
    ],
    callbacks: {
      signIn: async ({ user, account, profile }) => {
        if (account?.type === "credentials") return true;
        const found = await findIdentity(OidcProfile.parse(profile));
        const sid = found && (await openSession(found, ""));
        if (!sid) return "/sign-in?error=not_a_member";
        user.sid = sid;
        return true;
      },
      jwt: ({ token, user }) => (user?.sid ? { sid: user.sid } : token),
      session: ({ session }) => ({ expires: session.expires }),
      // Only our own pages: never an address somebody put into a link.
      redirect: ({ url, baseUrl }) => {
        if (/^\/(?![/\\])/.test(url)) return new URL(url, baseUrl).href;
        return URL.canParse(url) && new URL(url).origin === baseUrl ? url : baseUrl;
      },
    },
    events: {
      signOut: async ({ token }) => {
        if (typeof token?.sid === "string") await endSession(sha256(token.sid), false);
      },
    },
    logger: {
      error: (code, metadata) => logger.warn({ code, error: describe(metadata) }, "sign-in failed"),
      warn: (code) => logger.debug({ code }, "next-auth"),
      debug: () => {},
    },
  };
}

const describe = (metadata: unknown) => (metadata instanceof Error ? metadata.message : (metadata as { error?: Error })?.error?.message);

async function authorize(email: string, password: string, headers: Record<string, unknown>) {
  try {
    const id = await verifySignIn(email, password, String(headers["x-licet-address"] ?? ""));
    if (id === null) return null;
    const sid = await openSession(id, String(headers["user-agent"] ?? ""));
    if (sid === null) throw notAMember();
    return { id, sid };
  } catch (error) {
    // next-auth shows the message's text as ?error=…: the code and, where waiting helps, for how many seconds.
    if (error instanceof Problem) throw new Error([error.code, error.details.retry_after].filter(Boolean).join("."));
    throw error;
  }
}

/** The claim's subject alone says who it is; the e-mail only ever binds an account that an admin made for it. */
function findIdentity(profile: OidcProfile): Promise<string | null> {
  return doorValue<string | null>(null, "find_identity", [profile.iss, profile.sub, profile.email ?? "", profile.email_verified === true]);
}

function oidcProvider(oidc: { issuer: string; clientId: string; clientSecret: string; name: string }): OAuthConfig<OidcProfile> {
  return {
    id: "oidc",
    name: oidc.name,
    type: "oauth",
    wellKnown: `${oidc.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    authorization: { params: { scope: "openid email profile" } },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    userinfo: {
      request: ({ tokens, client }) =>
        readClaims(tokens, client.issuer.metadata.userinfo_endpoint ? (accessToken) => client.userinfo(accessToken) : null),
    },
    profile: (profile) => ({ id: profile.sub }),
  };
}

/**
 * Who they are is what the ID token says, which next-auth has verified. The e-mail is often not in it (OpenID Connect Core
 * 5.4): then the issuer is asked, and its answer must be about the same subject (5.3.2).
 */
async function readClaims(tokens: TokenSet, askIssuer: ((accessToken: string) => Promise<object>) | null): Promise<OidcProfile> {
  const [, payload = ""] = (tokens.id_token ?? "").split(".");
  const claims = OidcProfile.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  if (claims.email !== undefined || !tokens.access_token || !askIssuer) return claims;
  const told = OidcProfile.parse({ ...(await askIssuer(tokens.access_token)), iss: claims.iss });
  if (told.sub !== claims.sub) throw new Error("the issuer answered about somebody else");
  return told;
}
