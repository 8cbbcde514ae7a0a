import type { Metadata } from "next";
import { requirePerson } from "@/app/current-person";
import { Blocks } from "@/components/blocks/blocks";
import { listBlocks } from "@/lib/approvals/blocks";
import { DECIDING_ROLES, hasRole } from "@/lib/people/roles";

export const metadata: Metadata = { title: "Blocks" };

export default async function BlocksPage() {
  const person = await requirePerson("/blocks");
  const blocks = await listBlocks(person);
  return (
    <main className="page">
      <div className="crumb">
        <h1>Blocks</h1>
        <span className="muted hide">tools closed for an agent because nobody answered</span>
      </div>
      <Blocks initial={blocks} lifts={hasRole(person, ...DECIDING_ROLES)} />
    </main>
  );
}
