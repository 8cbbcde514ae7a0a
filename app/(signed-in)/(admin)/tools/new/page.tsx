import type { Metadata } from "next";
import { requirePerson } from "@/app/current-person";
import { ToolForm } from "@/components/tools/tool-form";

export const metadata: Metadata = { title: "Add a tool" };

export default async function NewToolPage() {
  await requirePerson("/tools/new", "admin");
  return (
    <main className="page">
      <ToolForm tool={null} />
    </main>
  );
}
