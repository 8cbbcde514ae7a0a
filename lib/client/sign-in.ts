/** next-auth's standard endpoints, called as its own client does, without the weight of that client. */

const BASE = "/api/auth";

async function answer<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(`${BASE}/${path}`, { ...init, cache: "no-store" }).catch(() => null);
  // A refused sign-in is an answer, too: it says where to go next.
  const body: unknown = await response?.json().catch(() => null);
  if (!body) {
    throw new Error(
      response
        ? "The server answered with an error. Nothing was changed. Try again."
        : "The server could not be reached. Nothing was changed. Try again.",
    );
  }
  return body as T;
}

/** Posts a form to next-auth and returns the address it wants to go to. */
async function post(path: string, fields: Record<string, string>): Promise<URL> {
  const { csrfToken } = await answer<{ csrfToken: string }>("csrf");
  const body = new URLSearchParams({ ...fields, csrfToken, json: "true" });
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  return new URL((await answer<{ url: string }>(path, { method: "POST", body, headers })).url, location.href);
}

/** Only a path of our own pages; anything else is the inbox. */
export const ownPath = (path: string | null | undefined) => (path && /^\/(?![/\\])/.test(path) ? path : "/inbox");

/** @returns null when signed in, else why not: a code that `signInError` has words for */
export async function signInWithPassword(email: string, password: string): Promise<string | null> {
  const url = await post("callback/credentials", { email, password, callbackUrl: "/inbox" });
  return url.searchParams.get("error");
}

/** Leaves for the single sign-on's page. */
export async function signInWithSso(callbackPath: string): Promise<void> {
  location.assign((await post("signin/oidc", { callbackUrl: callbackPath })).href);
}

const UNSUBSCRIBE_MS = 2_000;

/** The session ends, and with it the pushes to this browser: the server forgets the device, the browser its subscription. */
export async function signOut(): Promise<void> {
  await post("signout", { callbackUrl: "/sign-in" });
  const { endSubscription } = await import("./push");
  await Promise.race([endSubscription().catch(() => {}), new Promise((done) => setTimeout(done, UNSUBSCRIBE_MS))]);
  location.assign("/sign-in");
}
