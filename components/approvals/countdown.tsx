"use client";
import { Time } from "@/components/ui/time";
import { useNow } from "@/lib/client/clock";
import type { Approval } from "@/lib/approvals/schema";
import { clockText } from "./words";

/** Told to screen readers at these many seconds left, and at no other time. */
const SPOKEN = [300, 60, 30];

/** Time left, what happens then, and when that is. */
export function Countdown({ approval, now: latest }: { approval: Approval; now: string }) {
  const now = useNow(latest);
  const left = Date.parse(approval.expires_at) - now;
  const all = Date.parse(approval.expires_at) - Date.parse(approval.created_at);
  const share = Math.min(1, Math.max(0, left / all));
  return (
    <div className={`clock ${approval.risk.level}`}>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect width={(share * 100).toFixed(1)} height="4" />
      </svg>
      <span aria-hidden="true">
        <b>{clockText(left)}</b> then <strong>denied</strong>{" "}
        <span className="muted">
          <Time iso={approval.expires_at} />
        </span>
      </span>
      <span className="sr-only">
        Ends at <Time iso={approval.expires_at} />, then denied
      </span>
      <span className="sr-only" role="status">
        {spoken(left / 1000)}
      </span>
    </div>
  );
}

/** Changes only when a mark is passed: that is when a screen reader speaks. */
function spoken(secondsLeft: number): string {
  const mark = SPOKEN.filter((seconds) => secondsLeft <= seconds).at(-1);
  if (mark === undefined || secondsLeft <= 0) return "";
  return mark >= 60 ? `${mark / 60} minute${mark > 60 ? "s" : ""} left` : `${mark} seconds left`;
}
