import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requirePerson } from "@/app/current-person";
import { ReviewScreen } from "@/components/approvals/review-screen";
import { readReview } from "@/lib/approvals/review";
import { hasRole } from "@/lib/people/roles";
import { Problem } from "@/lib/platform/problem";

export const metadata: Metadata = { title: "Review" };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export default async function ReviewPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ deny?: string }>;
}) {
  const { id } = await params;
  const person = await requirePerson(`/approvals/${encodeURIComponent(id)}`);
  if (!UUID.test(id)) notFound();
  const review = await readReview(person, id).catch((error: unknown) => {
    if (error instanceof Problem && error.status === 404) notFound();
    throw error;
  });
  const me = { id: person.personId, name: person.name, admin: hasRole(person, "admin") };
  return <ReviewScreen key={id} initial={review} me={me} deny={(await searchParams).deny === "1"} />;
}
