import { expect, test } from "@playwright/test";
import { expectAccessibleInBothThemes } from "./support/look";
import { addPerson, PASSWORD, signIn, type Person } from "./support/people";
import { Server } from "./support/server";

let server: Server;
let mara: Person;
test.beforeAll(async () => {
  server = await Server.start();
  mara = addPerson(server, "Mara Wolf", "admin,approver");
});
test.afterAll(() => server.remove());

test("a wrong password is refused in words, and the way back leads where one wanted to go", async ({ page }) => {
  await page.goto(`${server.url}/settings`);
  await page.waitForURL("**/sign-in?**");
  await expectAccessibleInBothThemes(page);
  await page.getByLabel("E-mail").fill(mara.email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("E-mail and password do not belong together.")).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue(mara.email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/settings");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await expectAccessibleInBothThemes(page);
});

test("a link in the sign-in's address never leads to another site", async ({ page }) => {
  await page.goto(`${server.url}/sign-in?callbackUrl=${encodeURIComponent("https://evil.example/inbox")}`);
  await page.getByLabel("E-mail").fill(mara.email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${server.url}/inbox`);
});

test("who fails again and again must wait, and is told how long", async ({ page }) => {
  const lee = addPerson(server, "Lee Chan", "approver");
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel("E-mail").fill(lee.email);
  const wait = page.getByText(/Too many failed attempts\. Wait \d+ seconds/);
  for (let attempt = 0; attempt < 12 && !(await wait.isVisible()); attempt += 1) {
    await page.getByLabel("Password").fill(`wrong ${attempt}`);
    const answered = page.waitForResponse("**/api/auth/callback/credentials**");
    await page.getByRole("button", { name: "Sign in" }).click();
    await answered;
    await expect(page.getByRole("alert").filter({ hasText: /do not belong|Too many/ })).toBeVisible();
  }
  await expect(wait).toBeVisible();
});

test("an invited person joins by the link, once, and signs out by the menu", async ({ page, browser }) => {
  await signIn(page, server, mara, "/people");
  await page
    .getByRole("button", { name: /Invite/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill("kim@example.org");
  await expect(dialog.getByRole("checkbox", { name: /^approver/ })).toBeChecked();
  await dialog.getByRole("button", { name: /Invite|Make the link/ }).click();
  const link = (await dialog.getByText(/^http:.*\/invite\//).textContent()) ?? "";

  const context = await browser.newContext();
  const kim = await context.newPage();
  await kim.goto(link);
  await expect(kim.getByText("Mara Wolf invites kim@example.org")).toBeVisible();
  await expectAccessibleInBothThemes(kim);
  await kim.getByLabel("Your name").fill("Kim Sato");
  await kim.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await kim.getByRole("button", { name: "Join" }).click();
  await kim.waitForURL("**/inbox");
  await kim.getByRole("button", { name: /Kim Sato/ }).click();
  await expect(kim.getByRole("menuitem", { name: "Settings" })).toBeVisible();
  await kim.getByRole("menuitem", { name: "Sign out" }).click();
  await kim.waitForURL("**/sign-in");
  await kim.goto(link);
  await expect(kim.getByRole("heading", { name: "This invitation is not good any more" })).toBeVisible();
  await context.close();
});

test("signing out everywhere ends the other browser's page by itself", async ({ page, browser }) => {
  await signIn(page, server, mara, "/settings");
  const context = await browser.newContext();
  const other = await context.newPage();
  await signIn(other, server, mara);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.waitForURL("**/sign-in");
  await other.waitForURL("**/sign-in?error=signed_out**");
  await expect(other.getByText("You were signed out.", { exact: false })).toBeVisible();
  await context.close();
});
