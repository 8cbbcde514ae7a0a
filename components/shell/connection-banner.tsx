"use client";
import { Time } from "@/components/ui/time";
import { live, useLostAt } from "@/lib/client/live";

/** Says that what is shown may be old. The clocks go on at the server. */
export function ConnectionBanner() {
  const lostAt = useLostAt();
  return (
    <div aria-live="polite">
      {lostAt === null ? null : (
        <div className="banner bad">
          <span aria-hidden="true">▲ </span>No connection since <Time iso={new Date(lostAt).toISOString()} />. The clock goes on at the
          server; nothing is sent later by itself.{" "}
          <button type="button" className="link" onClick={live.reconnect}>
            Try again
          </button>
        </div>
      )}
    </div>
  );
}
