import type { Metadata } from "next";
import { requirePerson } from "@/app/current-person";
import { PeopleList } from "@/components/people/people-list";
import { listInvitations } from "@/lib/people/invitations";
import { listPeople } from "@/lib/people/members";
import { hasRole } from "@/lib/people/roles";

export const metadata: Metadata = { title: "People" };

export default async function PeoplePage() {
  const person = await requirePerson("/people", "admin", "auditor", "security_officer");
  const [items, invitations] = await Promise.all([listPeople(person.tenant), listInvitations(person.tenant)]);
  return (
    <main className="page">
      <PeopleList initial={{ items, invitations }} changes={hasRole(person, "admin")} me={person.personId} />
    </main>
  );
}
