import type { Metadata } from "next";
import { requirePerson } from "@/app/current-person";
import { ToolList } from "@/components/tools/tool-list";
import { listTools } from "@/lib/catalog/tools";
import { hasRole } from "@/lib/people/roles";

export const metadata: Metadata = { title: "Tools" };

export default async function ToolsPage() {
  const person = await requirePerson("/tools", "admin", "approver", "security_officer", "auditor");
  const tools = await listTools(person.tenant);
  return (
    <main className="page">
      <ToolList initial={tools.map(({ definitionHash: _hash, ...tool }) => tool)} changes={hasRole(person, "admin")} />
    </main>
  );
}
