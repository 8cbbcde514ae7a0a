import { doorValue } from "@/lib/db/door";
import type { SignedIn } from "@/lib/people/schema";
import { alreadyTerminal, expired, lastLevel, notAsked, notFound, onRequesterSide, signedOut } from "./problems";
import type { RequestRow } from "./row";
import { readRequest } from "./store";

const REFUSALS = {
  not_found: notFound,
  signed_out: signedOut,
  expired,
  already_terminal: alreadyTerminal,
  requester: onRequesterSide,
  not_asked: notAsked,
  last_level: lastLevel,
};

/** Somebody who may decide sends it one level up instead; they may still decide. @throws the problem that says why not */
export async function escalate(person: SignedIn, id: string): Promise<RequestRow> {
  const refusal = await doorValue<keyof typeof REFUSALS | null>(person.tenant, "escalate_by_hand", [
    id,
    person.personId,
    person.sessionHash,
  ]);
  if (refusal) throw REFUSALS[refusal]();
  const row = await readRequest(person.tenant, id);
  if (!row) throw notFound();
  return row;
}
