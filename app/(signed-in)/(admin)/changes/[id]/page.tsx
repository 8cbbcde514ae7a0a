import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requirePerson } from "@/app/current-person";
import { ChangeScreen } from "@/components/changes/change-screen";
import { readChange } from "@/lib/changes/read";
import { Problem } from "@/lib/platform/problem";

export const metadata: Metadata = { title: "Change" };

export default async function ChangePage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const person = await requirePerson(`/changes/${id}`, "admin", "security_officer", "auditor");
  if (!/^[0-9a-f-]{36}$/.test(id)) notFound();
  const change = await readChange(person.tenant, person.personId, id).catch((error: unknown) => {
    if (error instanceof Problem && error.status === 404) notFound();
    throw error;
  });
  return <ChangeScreen initial={change} me={person.personId} />;
}
