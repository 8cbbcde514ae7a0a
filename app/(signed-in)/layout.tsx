import type { ReactNode } from "react";
import { Shell } from "@/components/shell/shell";
import { countPending } from "@/lib/approvals/list";
import { readsAll } from "@/lib/people/roles";
import { currentPerson } from "../current-person";

/** What all pages share once somebody is signed in. The pages themselves ask who that is, each for itself. */
export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const person = await currentPerson();
  if (!person) return children;
  const counts = await countPending(person.tenant, { person: person.personId, all: readsAll(person) });
  const { name, email, roles } = person;
  return (
    <Shell person={{ name, email, roles }} counts={counts}>
      {children}
    </Shell>
  );
}
