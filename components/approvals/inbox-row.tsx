"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { Time } from "@/components/ui/time";
import { VisibleText } from "@/components/ui/visible-text";
import type { ListItem } from "@/lib/approvals/list";
import { useNow } from "@/lib/client/clock";
import { HeadingText } from "./heading-text";
import { RiskBadge } from "./risk-badge";
import { clockText, STATE_WORDS } from "./words";

/** `gone`: it ended, and this page did not hear how. */
export type InboxItem = Omit<ListItem, "status"> & { status: ListItem["status"] | "gone" };

/** One request, or several that are the same. The whole row leads to it; the link in it is what keyboards find. */
export function InboxRow({ item, now, current, onPoint }: { item: InboxItem; now: string; current: boolean; onPoint: () => void }) {
  const router = useRouter();
  const path = `/approvals/${item.id}`;
  const waits = item.status === "pending";
  return (
    <tr
      className={`${current ? "cur" : ""}${waits || item.decision ? "" : " gone"}`}
      onClick={(event) => {
        onPoint();
        if (!(event.target as Element).closest("a")) router.push(path);
      }}
    >
      <td className="r">
        <RiskBadge risk={item.risk} />
      </td>
      <td className="what">
        <Link href={path} onFocus={onPoint}>
          <HeadingText parts={item.heading} />
        </Link>{" "}
        {item.alike > 1 ? <span className="times">× {item.alike}</span> : null}
        <About item={item} />
      </td>
      <td className="h">{item.agent}</td>
      <td className="h n">
        {item.decision ? <Time iso={item.decision.at} style="day" /> : item.level === null ? "" : `${item.level} of ${item.levels ?? 1}`}
      </td>
      <td className="h n sub">
        <Time iso={item.created_at} style={item.decision ? "day" : "minute"} />
      </td>
      <td className="left">{waits ? <Left item={item} now={now} /> : <Ended item={item} />}</td>
    </tr>
  );
}

/** The call itself; without one the tool, unless the heading named it already. */
function About({ item }: { item: InboxItem }) {
  if (item.call !== null) {
    return (
      <span className="sub">
        <VisibleText text={item.call} />
      </span>
    );
  }
  return item.heading[0]?.text === item.tool ? null : <span className="sub mono">{item.tool}</span>;
}

function Left({ item, now: latest }: { item: InboxItem; now: string }) {
  const now = useNow(latest);
  const left = Date.parse(item.expires_at) - now;
  return left > 0 ? (
    <>
      {clockText(left)} <span className="sub">then denied</span>
    </>
  ) : (
    <span className="sub">denied by silence</span>
  );
}

function Ended({ item }: { item: InboxItem }) {
  const words = item.status === "gone" ? "decided" : STATE_WORDS[item.status];
  return (
    <span className="sub">
      {words}
      {item.decision?.person ? ` by ${item.decision.person}` : item.decision?.by === "policy" ? " by policy" : ""}
    </span>
  );
}
