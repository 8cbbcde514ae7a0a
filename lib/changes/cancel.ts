import { alreadyTerminal, expired } from "@/lib/approvals/problems";
import { doorValue } from "@/lib/db/door";
import type { SignedIn } from "@/lib/people/schema";
import { noSuchChange, notYours } from "./problems";
import { readChange } from "./read";
import type { Change } from "./schema";

const REFUSALS: Record<string, () => Error> = { not_found: noSuchChange, not_yours: notYours, expired, already_terminal: alreadyTerminal };

/** Who proposed it withdraws it; twice is the same as once. @throws noSuchChange, notYours, expired, alreadyTerminal */
export async function cancelChange(person: SignedIn, id: string): Promise<Change> {
  const refusal = await doorValue<string | null>(person.tenant, "cancel_change", [id, person.personId]);
  if (refusal !== null) throw (REFUSALS[refusal] ?? alreadyTerminal)();
  return readChange(person.tenant, person.personId, id);
}
