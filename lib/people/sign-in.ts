import { door, doorValue } from "@/lib/db/door";
import { problem } from "@/lib/platform/problem";
import { sha256 } from "@/lib/platform/secret";
import { verifyPassword } from "./password";

export const tooManyAttempts = problem("too_many_attempts", 429, "Too many failed attempts. Wait before you try again.");

interface AccountRow {
  id: string;
  name: string;
  email: string;
  password_hash: string | null;
}

/** E-mail addresses are not kept among the failures, whether or not they exist here. */
const subjectOf = (email: string) => `account ${sha256(email.trim().toLowerCase()).toString("base64url")}`;

/**
 * Verifies e-mail and password with lock-out: the attempt is counted before it is verified, so parallel guesses do not
 * share one, and from the sixth failure on each waits twice as long (at most 15 minutes, never for good).
 * @param address  the client's network address
 * @returns the account's id, or null; the answer takes equally long for an unknown e-mail
 * @throws tooManyAttempts with `retry_after` in seconds
 */
export async function verifySignIn(email: string, password: string, address: string): Promise<string | null> {
  const subjects = [subjectOf(email), `address ${address}`];
  const wait = await doorValue<number>(null, "begin_sign_in", subjects);
  if (wait > 0) throw tooManyAttempts({ retry_after: wait });
  const [account] = await door<AccountRow>(null, "find_account", [email.trim()]);
  if (!(await verifyPassword(account?.password_hash ?? null, password)) || !account) return null;
  await doorValue(null, "sign_in_succeeded", subjects);
  return account.id;
}
