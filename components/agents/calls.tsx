"use client";
import Link from "next/link";
import { HeadingText } from "@/components/approvals/heading-text";
import { RiskBadge } from "@/components/approvals/risk-badge";
import { STATE_WORDS } from "@/components/approvals/words";
import { Failure } from "@/components/ui/failure";
import { Time } from "@/components/ui/time";
import type { ListItem } from "@/lib/approvals/list";
import type { Agent } from "@/lib/catalog/schema";
import { useCalls } from "@/lib/client/use-agents";

/** What the agent asked last, and what became of it. */
export function Calls({ agent }: { agent: Agent }) {
  const { data, error, refetch } = useCalls(agent.id);
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <CallsSkeleton />;
  if (!data.items.length) {
    return (
      <div className="empty">
        <b>It has not asked for anything yet</b>
        <span>Its calls appear here by themselves.</span>
      </div>
    );
  }
  return (
    <>
      <table className="rows">
        <thead>
          <tr>
            <th>What</th>
            <th>Risk</th>
            <th className="hide">Asked</th>
            <th>Became</th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((item) => (
            <tr key={item.id}>
              <td>
                <Link className="row-link" href={`/approvals/${item.id}`}>
                  <HeadingText parts={item.heading} />
                </Link>
                <br />
                <span className="mono muted">{item.call ?? item.tool}</span>
              </td>
              <td>
                <RiskBadge risk={item.risk} />
              </td>
              <td className="hide">
                <Time iso={item.created_at} style="day" />
              </td>
              <td>
                {STATE_WORDS[item.status]}
                <br />
                <span className="muted">{deciderOf(item)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {data.next_cursor === null ? null : (
        <div className="sec">
          <Link className="link" href={`/inbox?tab=done&q=${encodeURIComponent(`agent:${agent.name}`)}`}>
            All its decided calls
          </Link>
        </div>
      )}
    </>
  );
}

function deciderOf({ decision }: ListItem): string {
  if (!decision || decision.by === "silence" || decision.by === "agent") return "";
  return decision.by === "policy" ? "by policy" : `by ${decision.person ?? "a person"}`;
}

function CallsSkeleton() {
  return (
    <div className="sec form" aria-busy="true" role="status">
      <span className="sr-only">Reading its calls</span>
      <span className="skeleton" />
      <span className="skeleton" />
      <span className="skeleton" />
    </div>
  );
}
