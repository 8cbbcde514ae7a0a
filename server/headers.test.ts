import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { setSecurityHeaders } from "./headers";

function headersFor(options: Partial<Parameters<typeof setSecurityHeaders>[2]> = {}) {
  const request = new IncomingMessage(new Socket());
  request.headers["content-security-policy"] = "script-src * 'nonce-mine'";
  const response = new ServerResponse(request);
  setSecurityHeaders(request, response, { page: true, https: true, dev: false, ...options });
  return { seenByNext: request.headers["content-security-policy"], ...response.getHeaders() } as Record<string, string | undefined>;
}

const directives = (policy = "") => Object.fromEntries(policy.split("; ").map((directive) => directive.split(/ (.*)/, 2)));

describe("the headers of a page", () => {
  it("allow our own files, and of the page's scripts only those with this response's nonce", () => {
    const first = headersFor();
    const second = headersFor();
    const policy = first["content-security-policy"] ?? "";
    const [, nonce] = /'nonce-([\w+/=]{24})'/.exec(policy) ?? [];
    expect(nonce).toBeDefined();
    expect(policy).not.toBe(second["content-security-policy"]);
    expect(first.seenByNext).toBe(policy);
    expect(directives(policy)).toMatchObject({
      "default-src": "'self'",
      "script-src": `'self' 'nonce-${nonce}' 'strict-dynamic'`,
      "style-src": `'self' 'nonce-${nonce}'`,
      "connect-src": "'self'",
      "object-src": "'none'",
      "base-uri": "'none'",
      "form-action": "'self'",
      "frame-ancestors": "'none'",
    });
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it("keep pages out of frames, caches and other sites' hands", () => {
    expect(headersFor()).toMatchObject({
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "private, no-store",
      "strict-transport-security": "max-age=31536000",
    });
    expect(headersFor({ https: false })).not.toHaveProperty("strict-transport-security");
  });
});

describe("the headers of the API", () => {
  it("allow nothing that runs but the reference's own files", () => {
    const policy = directives(headersFor({ page: false })["content-security-policy"]);
    expect(policy).toMatchObject({ "default-src": "'none'", "script-src": "'self'", "frame-ancestors": "'none'", "form-action": "'none'" });
  });

  it("are the page's otherwise", () => {
    expect(headersFor({ page: false })).toMatchObject({ "x-frame-options": "DENY", "x-content-type-options": "nosniff" });
  });
});
