"use client";
import Link from "next/link";
import { FormFailure } from "@/components/ui/form-failure";
import { Time } from "@/components/ui/time";
import { useForm } from "@/lib/client/use-form";
import type { Notice } from "@/lib/notifications/notices";
import { useNotices, usePutAway } from "@/lib/client/use-notices";

const SHOWN = 5;

/** What a person is told in the application until they put it away: requests nobody answered, agents over a limit. */
export function Notices() {
  const notices = useNotices();
  const putAway = usePutAway();
  const { busy, failure, send } = useForm();
  if (!notices.length) return null;
  return (
    <section className="card state no mb-3" aria-label="Notices">
      <div className="sec">
        <b>{notices.length === 1 ? "One thing you should know" : `${notices.length} things you should know`}</b>
        <ul className="notes mt-2">
          {notices.slice(0, SHOWN).map((notice) => (
            <li className="note bad" key={notice.id}>
              <Told notice={notice} />
            </li>
          ))}
          {notices.length > SHOWN ? <li className="muted">and {notices.length - SHOWN} more before</li> : null}
        </ul>
        <FormFailure text={failure} />
        <p className="acts mt-3">
          <button type="button" className="btn small" disabled={busy} onClick={() => void send(() => putAway(notices))}>
            Put away
          </button>
          <Link className="btn small quiet" href="/blocks">
            See what is closed
          </Link>
        </p>
      </div>
    </section>
  );
}

function Told({ notice }: { notice: Notice }) {
  const { agent, tool, created_at, request_id, detail } = notice;
  if (notice.kind === "limited") {
    return (
      <>
        {agent} went over a limit with <span className="mono">{tool}</span>, <Time iso={created_at} style="day" />:{" "}
        {LIMIT_WORDS[detail.limit ?? "minute"](detail.cap ?? 0)}. What is over is refused and recorded.
      </>
    );
  }
  return (
    <>
      A high-risk request was denied because nobody answered:{" "}
      <Link className="link" href={`/approvals/${request_id}`}>
        {agent} asked for {tool}
      </Link>
      , <Time iso={created_at} style="day" />. The tool was closed for it.
    </>
  );
}

const LIMIT_WORDS: Record<"session" | "minute" | "day" | "cost", (cap: number) => string> = {
  session: (cap) => `${cap} calls a session`,
  minute: (cap) => `${cap} calls a minute`,
  day: (cap) => `${cap} calls a day`,
  cost: (cap) => `a cost of ${cap} a day`,
};
