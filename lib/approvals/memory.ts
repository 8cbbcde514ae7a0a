import { doorValue } from "@/lib/db/door";
import type { Reader } from "@/lib/db/tenant";
import type { SignedIn } from "@/lib/people/schema";
import { notAsked, notFound, onRequesterSide, signedOut, alreadyLifted } from "./problems";
import type { RequestRow } from "./row";
import type { State } from "./terms";

/** What is remembered of a request that came to nothing; a retry of the same call meets it (requirement C7). */
export interface Memory {
  kind: "denied" | "expired" | "withdrawn";
  ends_at: string;
}

/** The earlier request that this one met again. */
export interface Earlier {
  id: string;
  status: State;
  at: string;
}

const REFUSALS = {
  not_found: notFound,
  signed_out: signedOut,
  requester: onRequesterSide,
  not_asked: notAsked,
  already_lifted: alreadyLifted,
};

/** A person of the chain lets the agent ask for the same call again. @throws the problem that says why not */
export async function letAskAgain(person: SignedIn, id: string): Promise<void> {
  const refusal = await doorValue<keyof typeof REFUSALS | null>(person.tenant, "lift_memory", [id, person.personId, person.sessionHash]);
  if (refusal) throw REFUSALS[refusal]();
}

/** Somebody who may decide has it on screen: from now on withdrawing it counts like a "no". */
export const markOpened = (person: SignedIn, id: string) => doorValue<null>(person.tenant, "mark_opened", [id, person.personId]);

export async function readMemory(client: Reader, row: RequestRow): Promise<Memory | null> {
  const { rows } = await client.query<Memory>(
    "select kind, ends_at from memories where tenant_id = $1 and request_id = $2 and lifted_at is null and ends_at > door_clock()",
    [row.tenant_id, row.id],
  );
  return rows[0] ?? null;
}

export async function readEarlier(client: Reader, row: RequestRow): Promise<Earlier | null> {
  if (row.again_of === null) return null;
  const { rows } = await client.query<Earlier>(
    "select id, state as status, decided_at as at from requests where tenant_id = $1 and id = $2",
    [row.tenant_id, row.again_of],
  );
  return rows[0] ?? null;
}
