import { describeDuration } from "@/lib/platform/duration";

/** next-auth's error codes and ours, in words for people. */
export function signInError(code: string | undefined): string | null {
  if (!code) return null;
  const [name, seconds] = code.split(".");
  if (name === "too_many_attempts") {
    return `Too many failed attempts. Wait ${Number(seconds) > 0 ? describeDuration(Math.ceil(Number(seconds))) : "a while"}, then try again.`;
  }
  return ERRORS[name ?? ""] ?? "That did not work. Try again.";
}

const ERRORS: Record<string, string> = {
  CredentialsSignin: "E-mail and password do not belong together.",
  not_a_member: "That account is not an active member here. Ask an admin to let it in, by the address it signs in with.",
  signed_out: "You were signed out. Sign in to go on.",
  SessionRequired: "Sign in to go on.",
  OAuthCallback: "The single sign-on did not complete. Try again.",
  Callback: "The sign-in did not complete. Try again.",
  OAuthSignin: "The single sign-on could not be reached. Try again, or ask an admin.",
  unavailable: "The server did not answer in time. Try again.",
};
