import Link from "next/link";
import type { ReactNode } from "react";
import type { Risk } from "@/lib/catalog/terms";
import { describeDuration } from "@/lib/platform/duration";

/** What is in place for the first request, and what is not yet. */
export function Readiness({
  decides,
  invites,
  others,
  devices,
  timeout,
}: {
  decides: boolean;
  invites: boolean;
  /** How many other people may decide. */
  others: number;
  devices: number;
  /** Seconds until silence denies. */
  timeout: Record<Risk, number>;
}) {
  return (
    <ul className="notes">
      <Note ok>
        Silence means no: after {describeDuration(timeout.high)} at high risk, {describeDuration(timeout.medium)} at medium
      </Note>
      {others > 0 ? (
        <Note ok>{others === 1 ? "One other person" : `${others} other people`} may decide</Note>
      ) : (
        <Note>
          {decides ? "Alone, nobody stands in for you." : "Nobody may decide yet."}{" "}
          {invites ? (
            <Link className="link" href="/people">
              Invite {decides ? "a second person" : "somebody"}
            </Link>
          ) : null}
        </Note>
      )}
      {!decides ? null : devices > 0 ? (
        <Note ok>A device of yours is woken for high risk</Note>
      ) : (
        <Note>
          No phone or browser wakes you.{" "}
          <Link className="link" href="/settings#devices">
            Let this one do it
          </Link>
        </Note>
      )}
      <Note>
        A whole working agent: <span className="mono">npm run demo</span>
      </Note>
    </ul>
  );
}

const Note = ({ ok = false, children }: { ok?: boolean; children: ReactNode }) => <li className={ok ? "note ok" : "note"}>{children}</li>;
