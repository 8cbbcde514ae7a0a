import type { Metadata } from "next";
import { requirePerson } from "@/app/current-person";
import { ChainList } from "@/components/chains/chain-list";
import { PolicyCard } from "@/components/chains/policy-card";
import { listChainPeople, listChains, readTimeouts } from "@/lib/escalation/chains";
import { hasRole } from "@/lib/people/roles";
import { readPolicy } from "@/lib/policy/policies";
import { usedBy } from "./used-by";

export const metadata: Metadata = { title: "Chains" };

export default async function ChainsPage() {
  const person = await requirePerson("/chains", "admin", "approver", "security_officer", "auditor");
  const { tenant } = person;
  const [items, people, timeout, policy] = await Promise.all([
    listChains(tenant),
    listChainPeople(tenant),
    readTimeouts(tenant),
    readPolicy(tenant),
  ]);
  return (
    <main className="page">
      <ChainList initial={{ items, people, timeout }} changes={hasRole(person, "admin")} usedBy={policy ? usedBy(policy.document) : {}} />
      {policy ? <PolicyCard version={policy.version} since={policy.created_at} document={policy.document} timeout={timeout} /> : null}
    </main>
  );
}
