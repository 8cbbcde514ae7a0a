import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requirePerson } from "@/app/current-person";
import { ToolForm } from "@/components/tools/tool-form";
import { listTools } from "@/lib/catalog/tools";

export const metadata: Metadata = { title: "Edit a tool" };

/** The name is a parameter and not a part of the path, because a tool's name may hold slashes. */
export default async function EditToolPage({ searchParams }: { searchParams: Promise<{ name?: string }> }) {
  const { name } = await searchParams;
  const person = await requirePerson(`/tools/edit?name=${encodeURIComponent(String(name))}`, "admin");
  const found = (await listTools(person.tenant)).find((tool) => tool.name === name);
  if (!found) notFound();
  const { definitionHash: _hash, ...tool } = found;
  return (
    <main className="page">
      <ToolForm key={`${tool.name} ${tool.version}`} tool={tool} />
    </main>
  );
}
