import Link from "next/link";
import { Time } from "@/components/ui/time";
import type { Review } from "@/lib/approvals/review";
import { STATE_WORDS } from "./words";

const MARKS = { matched: "●", not: "○", skipped: "–" } as const;
const WORDS = { matched: "matched", not: "did not match", skipped: "not reached, or decides only past its cap" } as const;

/** Every rule that was tried, in order, and why it did or did not decide. */
export function TriedRules({ review }: { review: Review }) {
  const { tried, errors } = review.policy;
  if (!tried.length) return null;
  return (
    <details className="tried mt-2" open={errors.length > 0}>
      <summary>
        Why: {tried.length === 1 ? "one rule" : `${tried.length} rules`} tried
        {errors.length ? `, ${errors.length === 1 ? "one" : errors.length} failed` : ""}
      </summary>
      <ol className="notes mt-2">
        {tried.map(({ part, name, result, why }, i) => (
          <li key={i} className={result === "matched" ? "" : "muted"}>
            <span role="img" aria-label={WORDS[result]}>
              {MARKS[result]}
            </span>{" "}
            <b className="mono">{part === "rule" ? name : `${part} ${name}`}</b> {why}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** A retry says what it met, before anything else about it is read. */
export function AskedBefore({ review }: { review: Review }) {
  const { earlier } = review;
  if (!earlier) return null;
  return (
    <p className="sec note bad">
      <b>Asked before.</b> The same call was {STATE_WORDS[earlier.status] ?? earlier.status} <Time iso={earlier.at} style="day" />.{" "}
      <Link className="link" href={`/approvals/${earlier.id}`}>
        See it
      </Link>
    </p>
  );
}
