import type { Metadata } from "next";
import { requirePerson } from "@/app/current-person";
import { Inbox } from "@/components/approvals/inbox";
import { listQuery, TABS } from "@/components/approvals/inbox-filter";
import { Notices } from "@/components/notices/notices";
import { countPending, ListQuery, listRequests } from "@/lib/approvals/list";
import { hasRole, readsAll } from "@/lib/people/roles";

export const metadata: Metadata = { title: "Inbox" };

const FIRST_PAGE = 100;

export default async function InboxPage({ searchParams }: { searchParams: Promise<{ tab?: string; q?: string }> }) {
  const { tab: wanted, q } = await searchParams;
  const person = await requirePerson("/inbox");
  const tab = TABS.find((each) => each === wanted) ?? "mine";
  const search = typeof q === "string" ? q.slice(0, 300) : "";
  const viewer = { person: person.personId, all: readsAll(person) };
  const query = ListQuery.parse({ ...Object.fromEntries(new URLSearchParams(listQuery(tab, search))), limit: FIRST_PAGE });
  const [initial, counts] = await Promise.all([listRequests(person.tenant, viewer, query), countPending(person.tenant, viewer)]);
  return (
    <main className="page">
      <h1 className="sr-only">Inbox</h1>
      <Notices />
      <Inbox
        key={`${tab} ${search}`}
        tab={tab}
        search={search}
        initial={initial}
        counts={counts}
        decides={hasRole(person, "approver", "security_officer")}
      />
    </main>
  );
}
