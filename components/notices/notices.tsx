"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { Time } from "@/components/ui/time";
import type { Notice } from "@/lib/notifications/notices";
import { api } from "@/lib/client/api";
import { keys } from "@/lib/client/keys";

/** What a person is told in the application until they put it away: high-risk requests that nobody answered. */
export function Notices() {
  const client = useQueryClient();
  const { data: notices = [] } = useQuery({
    queryKey: keys.notices,
    queryFn: () => api<{ items: Notice[] }>("/notices"),
    select: (answer) => answer.items,
  });
  if (!notices.length) return null;
  const putAway = async () => {
    await api("/notices/seen", { method: "POST", json: { ids: notices.map((notice) => notice.id) } });
    await client.invalidateQueries({ queryKey: keys.notices });
  };
  return (
    <section className="card state no mb-3" aria-label="Notices">
      <div className="sec">
        <b>
          {notices.length === 1 ? "A high-risk request was" : `${notices.length} high-risk requests were`} denied because nobody answered
        </b>
        <ul className="notes mt-2">
          {notices.slice(0, 5).map((notice) => (
            <li className="note bad" key={notice.id}>
              <Link className="link" href={`/approvals/${notice.request_id}`}>
                {notice.agent} asked for {notice.tool}
              </Link>
              , <Time iso={notice.created_at} style="day" />. The tool was closed for it.
            </li>
          ))}
        </ul>
        <p className="acts mt-3">
          <button type="button" className="btn small" onClick={() => void putAway()}>
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
