import type { Page } from "@playwright/test";
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
