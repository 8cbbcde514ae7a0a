import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requirePerson } from "@/app/current-person";
import { AgentScreen } from "@/components/agents/agent-screen";
import { isAgentTab } from "@/components/agents/tabs";
import { readAgent } from "@/lib/catalog/agents";
import { listGrants } from "@/lib/catalog/grants";
import { listTools } from "@/lib/catalog/tools";
import { listKeys } from "@/lib/credentials/agent-keys";
import { listChainPeople, listChains } from "@/lib/escalation/chains";
import { DECIDING_ROLES, hasRole, readsAll } from "@/lib/people/roles";
import { context } from "@/lib/platform/context";

export const metadata: Metadata = { title: "Agent" };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export default async function AgentPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ tab?: string }>;
}) {
  const { id } = await params;
  const { tab } = await searchParams;
  const person = await requirePerson(`/agents/${encodeURIComponent(id)}`);
  const { tenant, personId } = person;
  const agent = UUID.test(id) ? await readAgent(tenant, id) : null;
  if (!agent || (!readsAll(person) && agent.owner_id !== personId)) notFound();
  const changes = hasRole(person, "admin");
  const [grants, keys, tools, people, chains] = await Promise.all([
    listGrants(tenant, id),
    listKeys(tenant, id),
    changes ? listTools(tenant) : [],
    listChainPeople(tenant),
    listChains(tenant),
  ]);
  const asked = new Set(chains.flatMap((chain) => chain.levels.flatMap((level) => level.people)));
  const makers = new Set(keys.map((key) => key.created_by));
  return (
    <main className="page">
      <AgentScreen
        key={id}
        initial={{ agent, grants, keys }}
        tab={isAgentTab(tab) ? tab : "tools"}
        changes={changes}
        me={{ id: personId, name: person.name }}
        owners={changes ? people.filter(({ status }) => status === "active").map(({ id, name }) => ({ id, name })) : []}
        makers={people.filter(({ id }) => makers.has(id)).map(({ id, name }) => ({ id, name }))}
        tools={tools.map(({ name, title, risk }) => ({ name, title, risk }))}
        deciders={people
          .filter((each) => each.status === "active" && each.signs_in && asked.has(each.id) && hasRole(each, ...DECIDING_ROLES))
          .map((each) => each.id)}
        api={`${context().config.publicUrl.origin}/api/v1`}
      />
    </main>
  );
}
