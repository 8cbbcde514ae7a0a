"use client";
import { ApiError, messageOf } from "@/lib/client/api";

/** A list or page that could not be read: what happened, the request id, and another try. */
export function Failure({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <div className="empty" role="alert">
      <b>This could not be read</b>
      <span>{messageOf(error)}</span>
      {error instanceof ApiError && error.requestId ? <span className="mono">{error.requestId}</span> : null}
      <button type="button" className="btn small" onClick={retry}>
        Try again
      </button>
    </div>
  );
}
