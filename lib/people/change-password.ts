import { door } from "@/lib/db/door";
import { changeTenant, type Actor } from "@/lib/db/tenant";
import { problem } from "@/lib/platform/problem";
import { noSuchPerson } from "./members";
import { hashPassword } from "./password";
import type { SignedIn } from "./schema";
import { verifySignIn } from "./sign-in";

export const wrongPassword = problem("wrong_password", 403, "That is not your password. Nothing was changed.");
export const noPassword = problem("no_password", 409, "You sign in by single sign-on and have no password here.");

/** Ends every other session of the account. @throws noPassword, wrongPassword, tooManyAttempts, weakPassword */
export async function changePassword(person: SignedIn, current: string, next: string, address: string): Promise<void> {
  if (!person.hasPassword) throw noPassword();
  if ((await verifySignIn(person.email, current, address)) !== person.accountId) throw wrongPassword();
  const passwordHash = await hashPassword(next, person.name, person.email);
  await changeTenant(person.tenant, { kind: "person", id: person.personId }, (client) =>
    client.query("select set_password($1, $2, $3)", [person.accountId, passwordHash, person.sessionHash]),
  );
}

/** The operator's way to let somebody in again (`licet people set-password`): ends all their sessions. @throws noSuchPerson, weakPassword */
export async function resetPassword(tenant: string, actor: Actor, email: string, password: string): Promise<void> {
  const [account] = await door<{ id: string; name: string; email: string }>(null, "find_account", [email]);
  if (!account) throw noSuchPerson();
  const passwordHash = await hashPassword(password, account.name, account.email);
  await changeTenant(tenant, actor, (client) => client.query("select set_password($1, $2, null)", [account.id, passwordHash]));
}
