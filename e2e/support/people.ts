import type { BrowserContext, Page } from "@playwright/test";
import type { Server } from "./server";

export const PASSWORD = "violet-otter-sings";

export interface Person {
  id: string;
  email: string;
  name: string;
}

/** Somebody who signs in with a password, added by the operator's command. */
export function addPerson(server: Server, name: string, roles: string): Person {
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.org`;
  const { id } = server.licet<{ id: string }>(
    ["people", "add", "--email", email, "--name", name, "--role", roles, "--password-stdin"],
    `${PASSWORD}\n`,
  );
  return { id, email, name };
}

/** Signs in on the real page. */
export async function signIn(page: Page, server: Server, person: { email: string }, path = "/inbox"): Promise<void> {
  await page.goto(`${server.url}/sign-in?callbackUrl=${encodeURIComponent(path)}`);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === path);
}

/** A session of that person for calls as a script makes them: next-auth's standard endpoints. */
export async function sessionOf(context: BrowserContext, server: Server, person: { email: string }): Promise<void> {
  const { csrfToken } = (await (await context.request.get(`${server.url}/api/auth/csrf`)).json()) as { csrfToken: string };
  await context.request.post(`${server.url}/api/auth/callback/credentials`, {
    form: { csrfToken, email: person.email, password: PASSWORD, json: "true" },
  });
}
