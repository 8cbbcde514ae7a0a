"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useMemo, useRef, useState } from "react";
import { Failure } from "@/components/ui/failure";
import type { ListItem, Page } from "@/lib/approvals/list";
import { STATES } from "@/lib/approvals/terms";
import { live } from "@/lib/client/live";
import { useShortcuts } from "@/lib/client/shortcuts";
import { useInbox } from "@/lib/client/use-inbox";
import { InboxEmpty } from "./inbox-empty";
import { listQuery, parseSearch, TABS, type Tab } from "./inbox-filter";
import { InboxRow, type InboxItem } from "./inbox-row";
import { KeysHelp } from "./keys-help";

const TAB_NAMES: Record<Tab, string> = { mine: "Mine", all: "All", done: "Done" };

/** What waits, by risk and then by time left. Rows never move under the reader: what is new waits behind a button. */
export function Inbox({
  tab,
  search,
  initial,
  counts,
  decides,
}: {
  tab: Tab;
  search: string;
  initial: Page;
  counts: { mine: number; all: number };
  decides: boolean;
}) {
  const query = listQuery(tab, search);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInbox(query, initial);
  const fresh = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const now = data?.pages[0]?.now ?? initial.now;
  const { rows, waiting, show } = useSteadyRows(fresh, tab === "done");
  const [current, setCurrent] = useState(0);
  const router = useRouter();
  const field = useRef<HTMLInputElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const at = Math.min(current, rows.length - 1);
  const move = (to: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, to));
    setCurrent(next);
    body.current?.rows[next]?.scrollIntoView({ block: "nearest" });
  };
  const open = (suffix = "") => rows[at] && router.push(`/approvals/${rows[at].id}${suffix}`);
  useShortcuts({
    j: () => move(at + 1),
    k: () => move(at - 1),
    ArrowDown: () => move(at + 1),
    ArrowUp: () => move(at - 1),
    Enter: () => open(),
    d: tab === "done" ? undefined : () => open("?deny=1"),
    n: waiting ? show : undefined,
    "/": () => field.current?.focus(),
  });
  return (
    <>
      <div className="inbox-tabs">
        {TABS.map((each) => (
          <Link key={each} href={address(each, search)} {...(each === tab ? { "aria-current": "page" } : {})}>
            {TAB_NAMES[each]} {each === "done" ? "" : counts[each]}
          </Link>
        ))}
        <span role="status" className="inbox-news">
          {waiting > 0 ? (
            <button type="button" className="inbox-new" onClick={show}>
              {waiting} new, show
            </button>
          ) : null}
        </span>
      </div>
      <Search field={field} tab={tab} search={search} />
      <div className="card">
        {error && !rows.length ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : rows.length === 0 ? (
          <InboxEmpty tab={tab} searching={search !== ""} decides={decides} others={counts.all} />
        ) : (
          <table className="inbox">
            <thead>
              <tr>
                <th>Risk</th>
                <th>What</th>
                <th>Agent</th>
                <th className="n">{tab === "done" ? "Decided" : "Level"}</th>
                <th className="n">Asked</th>
                <th className="n">{tab === "done" ? "Outcome" : "Left"}</th>
              </tr>
            </thead>
            <tbody ref={body}>
              {rows.map((row, index) => (
                <InboxRow key={row.id} item={row} now={now} current={index === at} onPoint={() => setCurrent(index)} />
              ))}
            </tbody>
          </table>
        )}
      </div>
      {hasNextPage ? (
        <p className="acts mt-3 justify-center">
          <button type="button" className="btn small" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {isFetchingNextPage ? "Reading…" : "Show more"}
          </button>
        </p>
      ) : null}
      <div className="inbox-keys">
        <span>
          <kbd>J</kbd> <kbd>K</kbd> move
        </span>
        <span>
          <kbd>↵</kbd> open
        </span>
        {tab === "done" ? null : (
          <span>
            <kbd>D</kbd> deny
          </span>
        )}
        <span>
          <kbd>?</kbd> all keys
        </span>
        <span className="sp" />
        <span>{tab === "done" ? "newest first" : "sorted by risk, then time left · live"}</span>
      </div>
      <KeysHelp />
    </>
  );
}

/**
 * The rows as they were first shown, each with its newest state; those that ended stay where they are and say so, those
 * that came later are counted until somebody wants to see them. An empty list has nothing to disturb and shows them at once.
 */
function useSteadyRows(fresh: ListItem[], follow: boolean): { rows: InboxItem[]; waiting: number; show: () => void } {
  const [shown, setShown] = useState(fresh);
  if (follow) return { rows: fresh, waiting: 0, show: () => {} };
  const now = new Map(fresh.map((item) => [item.id, item]));
  const before = new Set(shown.map((item) => item.id));
  const added = fresh.filter((item) => !before.has(item.id));
  const alive = shown.filter((item) => now.has(item.id)).length;
  // Further pages come after what is there: they move nothing.
  const atEnd = added.every((item) => fresh.indexOf(item) >= alive);
  const disturbs = added.length > 0 && alive > 0 && !atEnd;
  if (added.length > 0 && !disturbs) setShown(alive > 0 ? [...shown, ...added] : fresh);
  const rows = shown.map((item): InboxItem => now.get(item.id) ?? { ...item, status: endOf(item.id) });
  return { rows, waiting: disturbs ? added.length : 0, show: () => setShown(fresh) };
}

const endOf = (id: string) => STATES.find((state) => state === live.outcomes.get(id)) ?? "gone";

const address = (tab: Tab, search: string) => {
  const query = new URLSearchParams({ ...(tab === "mine" ? {} : { tab }), ...(search ? { q: search } : {}) }).toString();
  return query ? `/inbox?${query}` : "/inbox";
};

/** The filter lives in the address: it can be kept and shared. */
function Search({ field, tab, search }: { field: React.RefObject<HTMLInputElement | null>; tab: Tab; search: string }) {
  const router = useRouter();
  const { unknown } = parseSearch(search);
  return (
    <form
      className="inbox-search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        router.push(address(tab, field.current?.value.trim() ?? ""));
        field.current?.blur();
      }}
    >
      <kbd aria-hidden="true">/</kbd>
      <input
        key={search}
        ref={field}
        className="field"
        type="search"
        name="q"
        defaultValue={search}
        aria-label="Search: risk, agent, tool or session"
        placeholder="risk:high agent:billing-bot …"
      />
      {unknown.length ? (
        <small className="bad" role="alert">
          Not understood: {unknown.join(" ")}. Use risk:, agent:, tool: or session:.
        </small>
      ) : null}
    </form>
  );
}
