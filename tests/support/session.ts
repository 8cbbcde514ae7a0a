import { openSession } from "@/lib/people/session";

/** The secret of a session just opened, as the cookie holds it. */
export async function aSession(accountId: string): Promise<string> {
  const secret = await openSession(accountId, "test");
  if (!secret) throw new Error("no session");
  return secret;
}
