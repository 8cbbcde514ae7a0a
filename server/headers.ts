import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Every security header, in one place. The policy allows our own files and, for the scripts that Next.js writes into a
 * page, this response's nonce: Next.js reads it from the request's own header of that name.
 * @param page  true for HTML pages of Next.js; the API needs neither scripts nor styles
 */
export function setSecurityHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  options: { page: boolean; https: boolean; dev: boolean },
): void {
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("X-Frame-Options", "DENY");
  response.setHeader("Referrer-Policy", "same-origin");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
  if (options.https) response.setHeader("Strict-Transport-Security", "max-age=31536000");
  if (!options.page) {
    response.setHeader("Content-Security-Policy", API_POLICY);
    return;
  }
  const nonce = randomBytes(16).toString("base64");
  const policy = pagePolicy(nonce, options.dev);
  request.headers["content-security-policy"] = policy;
  response.setHeader("Content-Security-Policy", policy);
  response.setHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()");
  response.setHeader("Cache-Control", "private, no-store");
}

/** The reference at /docs is the API's only page: static files of our own, images written into its style sheet. */
const API_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function pagePolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'self'",
    // The development server evaluates what it reloads.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "img-src 'self' data:",
    `connect-src 'self'${dev ? " ws:" : ""}`,
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "worker-src 'self'",
    "manifest-src 'self'",
  ].join("; ");
}
