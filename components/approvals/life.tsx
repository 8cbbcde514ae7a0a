import { Time } from "@/components/ui/time";
import type { Review } from "@/lib/approvals/review";
import type { TimelineEntry } from "@/lib/audit/timeline";
import { OUTCOME_WORDS } from "./words";

/** The request's life so far, as it is recorded. */
export function Life({ review }: { review: Review }) {
  return (
    <section className="sec">
      <h2 className="label">
        Record <span>everything that happened</span>
      </h2>
      <ol className="life">
        {review.timeline.map((entry, index) => (
          <li key={index}>
            <Time iso={entry.at} />
            <span>{describe(entry, review)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const EVENTS: Record<string, string> = {
  "approval.requested": "asked",
  "approval.approved": "approved",
  "approval.denied": "denied",
  "approval.expired": "denied by silence",
  "approval.cancelled": "withdrew it",
};

function describe({ event, actor, actor_kind, detail }: TimelineEntry, { approval }: Review): string {
  if (event === "approval.escalated") {
    return `${moved(detail.why, actor)} from level ${String(detail.from)} to level ${String(detail.to)}.`;
  }
  const who =
    actor ??
    (actor_kind === "agent" ? approval.agent.name : actor_kind === "policy" ? "Policy" : actor_kind === "operator" ? "Operator" : "");
  const why = typeof detail.outcome === "string" && detail.outcome !== "person" ? ` ${OUTCOME_WORDS[detail.outcome] ?? ""}` : "";
  return `${who} ${EVENTS[event] ?? event.replace("approval.", "")}.${why}`.trim();
}

function moved(why: unknown, actor: string | null): string {
  if (why === "by_hand") return `${actor ?? "Somebody"} sent it`;
  return why === "nobody_able" ? "Nobody left there may decide: it moved" : "No answer: it moved";
}
