"use client";
import { Time } from "@/components/ui/time";
import { useNow } from "@/lib/client/clock";
import type { PathLevel, Review } from "@/lib/approvals/review";
import type { TimelineEntry } from "@/lib/audit/timeline";
import { clockText } from "./words";

/** The escalation line: up to three levels of people with their times, and what silence does at the end. */
export function AskedPeople({ review, me }: { review: Review; me: string }) {
  const { approval, path } = review;
  const now = useNow(review.now);
  if (!path.length) return null;
  const level = approval.level?.number ?? 0;
  const times = askedAt(review);
  const pending = approval.status === "pending";
  return (
    <section className="sec">
      <h2 className="label">Who is asked</h2>
      <ol className="path">
        {path.map((stop) => {
          const at = times[stop.level - 1];
          const asked = pending ? stop.level <= level : at !== undefined && wasAsked(review, stop.level);
          return (
            <li key={stop.level} className={asked ? "on" : ""}>
              <span className="dot" aria-hidden="true" />
              <span>
                {names(stop, me)}
                <small>{about(stop)}</small>
              </span>
              <When at={at} now={now} asked={asked} current={pending && stop.level === level} pending={pending} />
            </li>
          );
        })}
        <li className="end">
          <span className="dot" aria-hidden="true" />
          <span>
            {pending ? "Denied" : "Deadline"}
            <small>
              {pending ? `and the tool closed for ${approval.agent.name}, until lifted or for 60 min` : "silence would have meant no"}
            </small>
          </span>
          <When at={Date.parse(approval.expires_at)} now={now} asked={false} current={false} pending={pending} />
        </li>
      </ol>
    </section>
  );
}

function When({
  at,
  now,
  asked,
  current,
  pending,
}: {
  at: number | undefined;
  now: number;
  asked: boolean;
  current: boolean;
  pending: boolean;
}) {
  if (at === undefined) return <span />;
  const clock = <Time iso={new Date(at).toISOString()} />;
  if (!pending) return <span className="muted">{clock}</span>;
  return (
    <span className="path-when">
      <span aria-hidden="true">{current ? "now" : asked ? "asked" : `in ${clockText(at - now)}`}</span>
      <small>{clock}</small>
    </span>
  );
}

/** When each level was or will be asked, in milliseconds: what is recorded, then the chain's times. */
function askedAt({ approval, path, timeline }: Review): (number | undefined)[] {
  const recorded = new Map<number, number>([[1, Date.parse(approval.created_at)]]);
  for (const entry of timeline) {
    const to = levelReached(entry);
    if (to !== null && !recorded.has(to)) recorded.set(to, Date.parse(entry.at));
  }
  let next = approval.level?.next_at ? Date.parse(approval.level.next_at) : undefined;
  return path.map((stop) => {
    const known = recorded.get(stop.level);
    if (known !== undefined) return known;
    const at = next;
    next = next === undefined || stop.escalate_after === null ? undefined : next + stop.escalate_after * 1000;
    return at;
  });
}

const wasAsked = ({ timeline }: Review, level: number) => level === 1 || timeline.some((entry) => levelReached(entry) === level);

/** The level that this recorded move led to. */
const levelReached = ({ event, detail }: TimelineEntry): number | null =>
  event === "approval.escalated" && typeof detail.to === "number" ? detail.to : null;

function names(stop: PathLevel, me: string): string {
  const others = stop.people.filter((person) => person.id !== me).map((person) => person.name);
  const all = others.length < stop.people.length ? ["You", ...others] : others;
  if (all.length > 3) return `${all.slice(0, 2).join(", ")} and ${all.length - 2} others`;
  return all.length > 1 ? `${all.slice(0, -1).join(", ")} and ${all.at(-1)}` : (all[0] ?? "Nobody");
}

function about(stop: PathLevel): string {
  const officers =
    stop.people.length > 0 &&
    stop.people.every((person) => person.roles.includes("security_officer") && !person.roles.includes("approver"));
  const unable = stop.people.filter((person) => !person.able);
  const kind = officers ? "security officer" : stop.people.length > 1 ? `level ${stop.level}, any one decides` : `level ${stop.level}`;
  if (!unable.length) return kind;
  return unable.length === stop.people.length
    ? `${kind}; cannot decide this`
    : `${kind}; ${unable.map((person) => person.name).join(", ")} cannot decide this`;
}
