/** next-auth's standard endpoints, called as its own client does, without the weight of that client. */

const BASE = "/api/auth";

async function csrfToken(): Promise<string> {
  const response = await fetch(`${BASE}/csrf`, { cache: "no-store" });
  if (!response.ok) throw new Error("The server could not be reached.");
  return ((await response.json()) as { csrfToken: string }).csrfToken;
}

/** Posts a form to next-auth and returns the address it wants to go to. */
async function post(path: string, fields: Record<string, string>): Promise<URL> {
  const body = new URLSearchParams({ ...fields, csrfToken: await csrfToken(), json: "true" });
  const response = await fetch(`${BASE}/${path}`, {
    method: "POST",
    body,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  });
  const { url } = (await response.json()) as { url: string };
  return new URL(url, location.href);
}

/** Only a path of our own pages; anything else is the inbox. */
export const ownPath = (path: string | null | undefined) => (path && /^\/(?![/\\])/.test(path) ? path : "/inbox");

/** @returns null when signed in, else why not: a code that `SIGN_IN_ERRORS` has words for */
export async function signInWithPassword(email: string, password: string): Promise<string | null> {
  const url = await post("callback/credentials", { email, password, callbackUrl: "/inbox" });
  return url.searchParams.get("error");
}

/** Leaves for the single sign-on's page. */
export async function signInWithSso(callbackPath: string): Promise<void> {
  location.assign((await post("signin/oidc", { callbackUrl: callbackPath })).href);
}

export async function signOut(): Promise<void> {
  await post("signout", { callbackUrl: "/sign-in" });
  location.assign("/sign-in");
}
