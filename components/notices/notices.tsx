"use client";
import Link from "next/link";
import { FormFailure } from "@/components/ui/form-failure";
import { Time } from "@/components/ui/time";
import { useForm } from "@/lib/client/use-form";
import { useNotices, usePutAway } from "@/lib/client/use-notices";

const SHOWN = 5;

/** What a person is told in the application until they put it away: high-risk requests that nobody answered. */
export function Notices() {
  const notices = useNotices();
  const putAway = usePutAway();
  const { busy, failure, send } = useForm();
  if (!notices.length) return null;
  return (
    <section className="card state no mb-3" aria-label="Notices">
      <div className="sec">
        <b>
          {notices.length === 1 ? "A high-risk request was" : `${notices.length} high-risk requests were`} denied because nobody answered
        </b>
        <ul className="notes mt-2">
          {notices.slice(0, SHOWN).map((notice) => (
            <li className="note bad" key={notice.id}>
              <Link className="link" href={`/approvals/${notice.request_id}`}>
                {notice.agent} asked for {notice.tool}
              </Link>
              , <Time iso={notice.created_at} style="day" />. The tool was closed for it.
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
