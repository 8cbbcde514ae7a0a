/** A problem the API answered (RFC 9457), or the lack of an answer. */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    /** HTTP status; 0 when there was no answer at all. */
    readonly status: number,
    /** The problem's code, such as `stale`; `offline` when there was no answer. */
    readonly code: string,
    message: string,
    readonly requestId: string | null = null,
    readonly errors: { pointer: string; detail: string }[] = [],
    /** The message without what `errors` say in detail. */
    readonly title: string = message,
  ) {
    super(message);
  }
}

/** It is not in force: it widens, so it waits for a second admin. No failure, and not what the caller expected either. */
export class ProposedInstead extends Error {
  override name = "ProposedInstead";
  constructor(readonly change: string) {
    super("Proposed: it waits for a second admin.");
  }
}

interface Init {
  method?: "POST" | "PUT" | "PATCH" | "DELETE";
  json?: unknown;
  headers?: Record<string, string>;
  /** Sent to the end even when the page is left. */
  keepalive?: boolean;
  signal?: AbortSignal;
}

/**
 * Calls our own API. The answer's shape is the route's schema; it is not parsed a second time here.
 * @throws ApiError with a text for people: what happened, what did not change; ProposedInstead
 */
export async function api<T>(path: string, { json, headers, ...init }: Init = {}): Promise<T> {
  const response = await fetch(`/api/v1${path}`, {
    ...init,
    method: init.method ?? "GET",
    headers: { ...headers, ...(json === undefined ? {} : { "Content-Type": "application/json" }) },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    cache: "no-store",
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "offline", "The server could not be reached. Nothing was changed.");
  });
  if (response.status === 204) return undefined as T;
  const body: unknown = await response.json().catch(() => null);
  if (response.status === 202 && isProposal(body)) throw new ProposedInstead(body.proposed);
  if (response.ok) return body as T;
  throw toError(response, body);
}

const isProposal = (body: unknown): body is { proposed: string } =>
  body !== null && typeof body === "object" && "proposed" in body && typeof body.proposed === "string";

function toError(response: Response, body: unknown): ApiError {
  const problem = (body ?? {}) as Partial<{
    code: string;
    title: string;
    detail: string;
    request_id: string;
    errors: { pointer: string; detail: string }[];
  }>;
  const title = problem.title ?? "The server answered with an error. Nothing was changed.";
  const message = [title, problem.detail].filter(Boolean).join(" ");
  return new ApiError(
    response.status,
    problem.code ?? String(response.status),
    message,
    problem.request_id ?? null,
    problem.errors ?? [],
    title,
  );
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : "Something went wrong. Nothing was changed.";
