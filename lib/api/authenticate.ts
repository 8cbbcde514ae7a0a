import type { Context, MiddlewareHandler } from "hono";
import { authenticateKey } from "@/lib/credentials/agent-keys";
import { hasRole, type Role } from "@/lib/people/roles";
import { recentlySignedIn, signedIn } from "@/lib/people/session-cookie";
import { context } from "@/lib/platform/context";
import { problem } from "@/lib/platform/problem";
import { clientAddress } from "./address";
import { headerOf } from "./conventions";
import type { Environment } from "./environment";

export const unauthorized = problem("unauthorized", 401, "Not signed in, or the key is not known, was revoked or is too old.");
export const tenantMismatch = problem("tenant_mismatch", 403, "X-Tenant-ID names another tenant than the credential's. Nothing was done.");
export const wrongCredential = problem(
  "wrong_credential",
  403,
  "An agent's key never decides, and a person's session never asks. Nothing was done.",
);
export const roleNeeded = problem("role_needed", 403, "Your roles do not allow this. Nothing was done.");
export const crossOrigin = problem("cross_origin", 403, "This came from another site's page. Nothing was done.");

type Middleware = MiddlewareHandler<Environment>;

/** An auditor reads everything and changes nothing: these are the roles that may act on requests. */
export const DECIDERS: Role[] = ["approver", "security_officer"];

/** `Authorization: Bearer licet_…`. The two classes of credential are disjoint: a key is refused where a person must act. */
export function agentOnly(options: { checkedLater?: boolean } = {}): Middleware {
  return async (c, next) => {
    const key = bearer(c);
    if (!key) throw (await signedIn(headerOf(c, "cookie"))) ? wrongCredential() : unauthorized();
    const agent = await authenticateKey(key, options.checkedLater ?? false);
    if (!agent) throw unauthorized();
    checkTenant(c, agent.tenant);
    c.set("agent", agent);
    await next();
  };
}

/**
 * A signed-in person, with one of these roles where any are named. What changes something must come from our own pages
 * (or from no page at all): cookies travel with requests that other sites' pages send.
 */
export const personOnly = (...roles: Role[]): Middleware => personWith(signedIn, roles);

/**
 * For deciding alone: who holds the session may be known from a few seconds ago, because the deciding function checks
 * session, roles and entitlement again in its own transaction. Admins decide changes of configuration.
 */
export const decidingPerson: Middleware = (c, next) => personWith(recentlySignedIn, [...DECIDERS, "admin"])(c, next);

function personWith(find: typeof signedIn, roles: Role[]): Middleware {
  return async (c, next) => {
    if (bearer(c)) throw wrongCredential();
    const person = await find(headerOf(c, "cookie"));
    if (!person) throw unauthorized();
    checkTenant(c, person.tenant);
    checkOrigin(c);
    if (roles.length && !hasRole(person, ...roles)) throw roleNeeded({ needed: roles });
    c.set("person", person);
    await next();
  };
}

/** An agent or a person; the handler asks `c.get("agent")` which. */
export function either(options: { checkedLater?: boolean } = {}): Middleware {
  const agent = agentOnly(options);
  const person = personOnly();
  return (c, next) => (bearer(c) ? agent(c, next) : person(c, next));
}

/** Nobody is signed in yet (set-up, invitations), but it still must not be another site's page. */
export const publicRoute: Middleware = async (c, next) => {
  checkOrigin(c);
  await next();
};

const bearer = (c: Context<Environment>) => /^Bearer\s+(\S+)\s*$/i.exec(headerOf(c, "authorization") ?? "")?.[1] ?? null;

function checkTenant(c: Context<Environment>, tenant: string): void {
  const claimed = headerOf(c, "x-tenant-id");
  if (claimed !== undefined && claimed !== tenant) throw tenantMismatch();
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

function checkOrigin(c: Context<Environment>): void {
  if (c.req.method === "GET" || c.req.method === "HEAD") return;
  const site = headerOf(c, "sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") throw crossOrigin();
  const origin = headerOf(c, "origin");
  if (origin === undefined) return; // no browser: other sites' pages cannot leave it out
  const { publicUrl } = context().config;
  const host = headerOf(c, "host") ?? "";
  const ownLoopback = LOOPBACK.test(publicUrl.host) && LOOPBACK.test(host) && origin === `${publicUrl.protocol}//${host}`;
  if (origin !== publicUrl.origin && !ownLoopback) throw crossOrigin();
}

export const addressOf = (c: Context<Environment>) => clientAddress(c.env.incoming, context().config.trustedProxies);
