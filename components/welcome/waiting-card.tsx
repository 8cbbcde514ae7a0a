"use client";
import Link from "next/link";
import { HeadingText } from "@/components/approvals/heading-text";
import { RiskBadge } from "@/components/approvals/risk-badge";
import { STATE_WORDS } from "@/components/approvals/words";
import type { Page } from "@/lib/approvals/list";
import { useInbox } from "@/lib/client/use-inbox";

/** Empty until the first request arrives, which it then shows. */
export function WaitingCard({ initial }: { initial: Page }) {
  const { data } = useInbox("", initial);
  const [first, ...others] = data?.pages[0]?.items ?? [];
  return (
    <div className="sec" aria-live="polite">
      <h2 className="label">{first ? "It is here" : "Waiting for it…"}</h2>
      {first ? (
        <Link className="ghost here" href={`/approvals/${first.id}`}>
          <RiskBadge risk={first.risk} long />
          <b>
            <HeadingText parts={first.heading} />
          </b>
          <span className="muted">
            {first.status === "pending" ? "Open it and decide; your terminal hears the answer" : STATE_WORDS[first.status]}
            {others.length ? ` · and ${others.length} more` : ""}
          </span>
        </Link>
      ) : (
        <div className="ghost">
          <RiskBadge risk="high" long />
          <b>Delete customer u_48213 for good</b>
          <span className="muted">appears here by itself, then decide it; your terminal hears the answer</span>
        </div>
      )}
    </div>
  );
}
