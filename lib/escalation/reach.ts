import { DECIDING_ROLES, hasRole } from "@/lib/people/roles";
import type { Reach } from "@/lib/policy/reach";
import { listChainPeople, listChains } from "./chains";
import type { ChainInput } from "./schema";

/**
 * Who there is to ask, for a policy that is about to be published: the people of each chain who can sign in and decide, and
 * the two roles that decide as groups.
 * @param also  chains that come into force together with the policy
 */
export async function readReach(tenant: string, also: readonly ChainInput[] = []): Promise<Reach> {
  const [people, chains] = await Promise.all([listChainPeople(tenant), listChains(tenant)]);
  const able = people.filter((person) => person.status === "active" && person.signs_in && hasRole(person, ...DECIDING_ROLES));
  const ids = new Set(able.map(({ id }) => id));
  const named = new Map<string, Set<string>>();
  for (const { name, levels } of [...chains, ...also]) {
    named.set(name, new Set(levels.flatMap((level) => level.people).filter((id) => ids.has(id))));
  }
  const groups = new Map<string, Set<string>>(
    DECIDING_ROLES.map((role) => [role, new Set(able.filter((person) => hasRole(person, role)).map(({ id }) => id))]),
  );
  return { chains: named, groups };
}
