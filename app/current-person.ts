import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { hasRole, type Role } from "@/lib/people/roles";
import type { SignedIn } from "@/lib/people/schema";
import { signedIn } from "@/lib/people/session-cookie";

/** Who looks at this page; null when nobody is signed in. */
export const currentPerson = async () => signedIn((await headers()).get("cookie"));

/**
 * For a page's first line: whoever is not signed in is sent to sign in and comes back; who lacks the roles goes to the inbox.
 * Pages only read; the API checks again whatever they do.
 */
export async function requirePerson(path: string, ...roles: Role[]): Promise<SignedIn> {
  const person = await currentPerson();
  if (!person) redirect(`/sign-in?callbackUrl=${encodeURIComponent(path)}`);
  if (roles.length && !hasRole(person, ...roles)) redirect("/inbox");
  return person;
}
