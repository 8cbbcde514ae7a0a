import type { Metadata } from "next";
import { requirePerson } from "@/app/current-person";
import { ChangeList } from "@/components/changes/change-list";
import { listChanges } from "@/lib/changes/read";

export const metadata: Metadata = { title: "Changes" };

export default async function ChangesPage() {
  const person = await requirePerson("/changes", "admin", "security_officer", "auditor");
  const changes = await listChanges(person.tenant, person.personId);
  return (
    <main className="page">
      <div className="crumb">
        <h1>Changes</h1>
        <span className="muted hide">what widens waits for a second admin</span>
      </div>
      <ChangeList initial={changes} />
    </main>
  );
}
