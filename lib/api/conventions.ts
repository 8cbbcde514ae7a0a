import type { Context, MiddlewareHandler } from "hono";
import { JsonError, LIMITS, parseStrictJson } from "@/lib/platform/strict-json";
import { problem } from "@/lib/platform/problem";
import type { Environment } from "./environment";

export const notJson = problem("not_json", 400, "The body is not JSON, or JSON that two parsers could read differently. Nothing was done.");
export const tooLarge = problem("too_large", 413, "The body is larger than 64 KiB. Nothing was done.");
export const wrongMediaType = problem("unsupported_media_type", 415, "Send application/json. Nothing was done.");
export const badIdempotencyKey = problem(
  "bad_idempotency_key",
  422,
  "Idempotency-Key must be 1 to 255 printable characters. Nothing was asked.",
);
export const versionMissing = problem(
  "version_missing",
  428,
  "If-Match is missing: name the version you decide about, as the ETag says. Nothing was decided.",
);
export const badVersion = problem("bad_version", 422, "If-Match must name one version, as the ETag does. Nothing was decided.");

/** Sets a header where it costs least: on Node's own response, not on a web-standard one that is then copied. */
export const setHeader = (c: Context<Environment>, name: string, value: string) => c.env.outgoing.setHeader(name, value);

/** As Node has it, without making a web-standard header list first. */
export function headerOf(c: Context<Environment>, name: string): string | undefined {
  const value = c.env.incoming.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** Reads a body once: at most 64 KiB, counted while it arrives, JSON without duplicate keys and the like. */
export const strictBody: MiddlewareHandler<Environment> = async (c, next) => {
  if (c.req.method === "GET" || c.req.method === "HEAD") return next();
  const { headers } = c.env.incoming;
  const length = Number(headers["content-length"] ?? 0);
  const chunked = headers["transfer-encoding"] !== undefined;
  if (length === 0 && !chunked) return next();
  if (length > LIMITS.bytes) throw tooLarge();
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw wrongMediaType();
  const text = decode(chunked ? await readBounded(c.req.raw) : await c.req.arrayBuffer());
  try {
    c.set("body", parseStrictJson(text));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw notJson({
      detail: `${error.pointer || "the body"} ${error.message}`,
      errors: [{ pointer: error.pointer, detail: error.message }],
    });
  }
  c.req.bodyCache = { text: Promise.resolve(text) as never };
  await next();
};

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: ArrayBuffer | Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw notJson({ detail: "the body is not UTF-8" });
  }
}

async function readBounded(request: Request): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > LIMITS.bytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** `Prefer: wait=N` (RFC 7240), at most 50 seconds; 0 without it. */
export function waitSeconds(c: Context<Environment>): number {
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,5})"?/i.exec(headerOf(c, "prefer") ?? "");
  return match ? Math.min(50, Number(match[1])) : 0;
}

/** A structured-field string or, as most send it, bare. Null when there is none. */
export function idempotencyKey(c: Context<Environment>): string | null {
  const header = headerOf(c, "idempotency-key");
  if (header === undefined) return null;
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (!/^[\x20-\x7E]{1,255}$/.test(key)) throw badIdempotencyKey();
  return key;
}

/** The version named by `If-Match: "3"`. */
export function matchVersion(c: Context<Environment>): number {
  const header = headerOf(c, "if-match");
  if (header === undefined) throw versionMissing();
  const match = /^\s*(?:W\/)?"?(\d{1,9})"?\s*$/.exec(header);
  if (!match) throw badVersion();
  return Number(match[1]);
}
