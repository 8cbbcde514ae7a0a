import { doorValue } from "@/lib/db/door";
import { noPassword, wrongPassword } from "@/lib/people/change-password";
import type { SignedIn } from "@/lib/people/schema";
import { verifySignIn } from "@/lib/people/sign-in";
import { alreadyTerminal, notFound, signedOut } from "./problems";

/**
 * "It is still me": a password just entered lets this session approve one high-risk request, in its present version,
 * once, within two minutes. Wrong passwords count towards the account's lock-out.
 * @throws noPassword, wrongPassword, tooManyAttempts, notFound, signedOut, alreadyTerminal
 */
export async function stepUp(person: SignedIn, requestId: string, password: string, address: string): Promise<void> {
  if (!person.hasPassword) throw noPassword();
  if ((await verifySignIn(person.email, password, address)) !== person.accountId) throw wrongPassword();
  const refusal = await doorValue<string | null>(person.tenant, "step_up", [requestId, person.personId, person.sessionHash]);
  if (refusal === "not_found") throw notFound();
  if (refusal === "signed_out") throw signedOut();
  if (refusal) throw alreadyTerminal();
}
