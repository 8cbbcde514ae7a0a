import type { Metadata } from "next";
import { requirePerson } from "@/app/current-person";
import { AgentList } from "@/components/agents/agent-list";
import { listAgents } from "@/lib/catalog/agents";
import { listPeople } from "@/lib/people/members";
import { hasRole, readsAll } from "@/lib/people/roles";

export const metadata: Metadata = { title: "Agents" };

export default async function AgentsPage() {
  const person = await requirePerson("/agents");
  const changes = hasRole(person, "admin");
  const [all, people] = await Promise.all([listAgents(person.tenant), changes ? listPeople(person.tenant) : []]);
  const mine = all.filter((agent) => readsAll(person) || agent.owner_id === person.personId);
  const owners = people.filter(({ status }) => status === "active").map(({ id, name }) => ({ id, name }));
  return (
    <main className="page">
      <AgentList initial={mine} changes={changes} owners={owners} me={person.personId} />
    </main>
  );
}
