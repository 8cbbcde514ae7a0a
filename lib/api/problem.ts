import { z } from "@hono/zod-openapi";
import type { ErrorHandler, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { logger } from "@/lib/platform/logger";
import { Problem, problem } from "@/lib/platform/problem";
import type { Environment } from "./environment";

export const internalError = problem(
  "internal_error",
  500,
  "Something went wrong on our side. Nothing was allowed. The request id says where to look.",
);
export const noSuchRoute = problem("no_such_route", 404, "There is no such address. The reference is at /docs.");
export const methodNotAllowed = problem("method_not_allowed", 405, "That address does not take this method. Nothing was done.");
export const badInput = problem("invalid_request", 422, "The request cannot be taken like this. Nothing was changed.");

/** RFC 9457, with a stable `code` beside the type. */
export const ProblemBody = z
  .object({
    type: z.string(),
    title: z.string().describe("What happened, what did not change, what to do"),
    status: z.number(),
    code: z.string().describe("Stable, for programs"),
    detail: z.string().optional(),
    instance: z.string().optional(),
    request_id: z.string().optional(),
    errors: z.array(z.object({ pointer: z.string().optional(), detail: z.string() })).optional(),
    retry_after: z.number().optional().describe("Seconds; also in Retry-After"),
  })
  .loose()
  .openapi("Problem");

interface Issue {
  code?: string;
  path: PropertyKey[];
  message: string;
  keys?: string[];
}

/** zod's findings as a problem: where, as a JSON Pointer, and what, in words. */
export function invalidInput(target: string, issues: readonly Issue[]): Problem {
  const errors = issues.flatMap((issue) => {
    const base = issue.path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
    if (issue.code === "unrecognized_keys") return (issue.keys ?? []).map((key) => ({ pointer: `${base}/${key}`, detail: "is not known" }));
    return [{ pointer: base, detail: issue.message }];
  });
  const where = { json: "body", query: "query", param: "path", header: "header" }[target] ?? target;
  const detail = `${where}: ${errors.map((error) => `${error.pointer || "/"} ${error.detail}`).join("; ")}`;
  return badInput({ detail, errors });
}

/** `type` is the address of the problem's explanation in the reference. */
export const onError: ErrorHandler<Environment> = (error, c) => {
  const found = error instanceof Problem ? error : translate(error);
  if (found.status >= 500 && found !== error) {
    logger.error({ requestId: c.get("requestId"), path: c.req.path, error: error.stack }, "request failed");
  }
  const { code, status, title, details } = found;
  const retry = details.retry_after;
  if (typeof retry === "number") c.env.outgoing.setHeader("Retry-After", String(Math.max(1, Math.ceil(retry))));
  if (status === 401) c.env.outgoing.setHeader("WWW-Authenticate", 'Bearer realm="licet"');
  const body = { type: `/docs/problems#${code}`, title, status, code, instance: c.req.path, request_id: c.get("requestId"), ...details };
  return c.body(JSON.stringify(body), status as 400, { "Content-Type": "application/problem+json" });
};

function translate(error: Error): Problem {
  if (error instanceof HTTPException && error.status < 500) {
    return new Problem("invalid_request", error.status, error.message || "The request cannot be taken like this.");
  }
  return internalError();
}

/** No route took it: because of its method, then `Allow` says which are taken, or there is none of that path. */
export const onNotFound =
  (routes: () => readonly { method: string; path: string }[]): NotFoundHandler<Environment> =>
  (c) => {
    const taken = routes().filter(({ method, path }) => method !== "ALL" && pathPattern(path).test(c.req.path));
    if (!taken.length) throw noSuchRoute();
    const methods = new Set(taken.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method])));
    c.env.outgoing.setHeader("Allow", [...methods].join(", "));
    throw methodNotAllowed();
  };

const pathPattern = (path: string) => new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`);

/** For a route's declared responses: one problem body for each status that these problems have. */
export function problems(...statuses: number[]) {
  return Object.fromEntries(
    [...new Set(statuses)].map((status) => [
      status,
      { description: DESCRIPTIONS[status] ?? "Problem", content: { "application/problem+json": { schema: ProblemBody } } },
    ]),
  );
}

const DESCRIPTIONS: Record<number, string> = {
  400: "Not JSON, or JSON that two parsers could read differently",
  401: "Not signed in, or the key is not good",
  403: "Not yours to do",
  404: "Not there, or not yours to see",
  409: "It was decided, changed or taken before",
  410: "The link is not good any more",
  412: "It changed since you read it",
  413: "Larger than 64 KiB",
  415: "Not application/json",
  422: "The values cannot be used",
  428: "If-Match is missing",
  429: "Too many attempts",
  503: "Try again in a moment",
};
