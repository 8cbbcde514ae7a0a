import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requirePerson } from "@/app/current-person";
import { ChainEditor } from "@/components/chains/chain-editor";
import { listChainPeople, listChains, readTimeouts } from "@/lib/escalation/chains";
import { hasRole } from "@/lib/people/roles";
import { readPolicy } from "@/lib/policy/policies";
import { usedBy } from "../used-by";

export const metadata: Metadata = { title: "Chain" };

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** With `?new`, an admin starts a chain of that name; without, what is not there is not found. */
export default async function ChainPage({
  params,
  searchParams,
}: {
  params: Promise<{ name: string }>;
  searchParams: Promise<{ new?: string }>;
}) {
  const { name } = await params;
  const starts = (await searchParams).new !== undefined;
  const person = await requirePerson(`/chains/${encodeURIComponent(name)}`, "admin", "approver", "security_officer", "auditor");
  const changes = hasRole(person, "admin");
  const { tenant } = person;
  const [items, people, timeout, policy] = await Promise.all([
    listChains(tenant),
    listChainPeople(tenant),
    readTimeouts(tenant),
    readPolicy(tenant),
  ]);
  const known = items.some((chain) => chain.name === name);
  if (!known && !(changes && starts && NAME.test(name))) notFound();
  return (
    <main className="page">
      <ChainEditor
        key={name}
        name={name}
        initial={{ items, people, timeout }}
        changes={changes}
        usedBy={(policy ? usedBy(policy.document) : {})[name] ?? []}
      />
    </main>
  );
}
