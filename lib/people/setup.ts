import { doorValue } from "@/lib/db/door";
import { problem } from "@/lib/platform/problem";
import { randomToken, sha256 } from "@/lib/platform/secret";
import { hashPassword } from "./password";

export const setupOver = problem(
  "setup_over",
  410,
  "This set-up link is not good any more. There is an admin already, or a newer link was printed at the last start.",
);

export const emailTaken = problem(
  "email_taken",
  409,
  "Somebody signs in here with that e-mail already. Nothing was made, and the link is still good: use another address.",
);

/** The tenant that exists from the start, and the only one the set-up link knows. */
export const FIRST_TENANT = "default";

/** Makes a new one-time set-up link (the last one is void). @returns its path, or null when there is an admin */
export async function openSetup(): Promise<string | null> {
  const token = randomToken();
  const open = await doorValue<boolean>(FIRST_TENANT, "open_setup", [sha256(token)]);
  return open ? `/setup/${token}` : null;
}

export const setupIsOpen = (token: string) => doorValue<boolean>(FIRST_TENANT, "setup_is_open", [sha256(token)]);

/** Until there is one the printed link is good. People whom the operator added may sign in before that. */
export const adminExists = () => doorValue<boolean>(FIRST_TENANT, "has_admin", []);

/**
 * Uses the link up: makes the first admin, who is also approver, security officer and level 1 of the chain `default`.
 * @throws weakPassword, setupOver, emailTaken
 */
export async function claimSetup(token: string, input: { name: string; email: string; password: string }): Promise<string> {
  if (!(await setupIsOpen(token))) throw setupOver();
  const passwordHash = await hashPassword(input.password, input.name, input.email);
  const claim = [sha256(token), input.name, input.email, passwordHash];
  const person = await doorValue<string | null>(FIRST_TENANT, "claim_setup", claim).catch((error: Error & { constraint?: string }) => {
    throw error.constraint === "email_taken" ? emailTaken() : error;
  });
  if (person === null) throw setupOver();
  return person;
}
