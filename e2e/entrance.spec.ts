import { expect, test, type Page } from "@playwright/test";
import { addAgent } from "./support/agent";
import { expectGoodLook } from "./support/look";
import { addPerson, PASSWORD, signIn, type Person } from "./support/people";
import { Server } from "./support/server";

let server: Server;
let mara: Person;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.remove());

const fillIn = async (page: Page, email: string, password: string) => {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
};

test("before there is an admin, signing in says where to begin; a void set-up link says why", async ({ page }) => {
  await page.goto(server.url);
  await page.waitForURL("**/sign-in?**");
  await expect(page.getByText("There is no admin yet.", { exact: false })).toBeVisible();
  await expectGoodLook(page);
  await page.goto(`${server.url}/setup/${"x".repeat(43)}`);
  await expect(page.getByRole("heading", { name: "This link is not good any more" })).toBeVisible();
  await expect(page.getByText("A newer one was printed when the server last started", { exact: false })).toBeVisible();
  await expectGoodLook(page);
});

test("set-up says what a password lacks, keeps what was typed, and leads to a first request that arrives by itself", async ({ page }) => {
  await page.goto(server.setupLink);
  const password = page.getByLabel("Password", { exact: true });
  await page.getByLabel("Your name").fill("Mara Wolf");
  await page.getByLabel("E-mail").fill("mara@example.org");
  await password.fill("violet");
  await expect(password).toHaveAccessibleDescription(/At least 12 characters, 6 to go/);
  await page.getByRole("button", { name: "Show" }).click();
  await expect(password).toHaveAttribute("type", "text");
  await password.fill("mara@example.org");
  await page.getByRole("button", { name: "Become the first admin" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue("mara@example.org");
  await expectGoodLook(page);
  await password.fill(PASSWORD);
  await page.getByRole("button", { name: "Become the first admin" }).click();
  await page.waitForURL("**/welcome");
  mara = { id: "", name: "Mara Wolf", email: "mara@example.org" };

  await expect(page.getByText("Waiting for it…")).toBeVisible();
  await expect(page.getByText("Alone, nobody stands in for you.", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Make a key for the example agent" }).click();
  const code = page.getByRole("region", { name: /The first request in/ });
  await expect(code).toContainText("Bearer licet_");
  await page.getByRole("tab", { name: "curl" }).press("ArrowRight");
  await expect(page.getByRole("tab", { name: "TypeScript" })).toBeFocused();
  await expect(code).toContainText("await fetch(");
  await page.getByRole("button", { name: "Send it for me" }).click();
  await expect(page.getByText("It is here")).toBeVisible();
  await expectGoodLook(page);
  await page.getByRole("link", { name: /Delete customer u_48213 for good/ }).click();
  await page.waitForURL("**/approvals/*");
  await expect(page.getByRole("heading", { name: "Delete customer u_48213 for good" })).toBeVisible();
});

test("where there are agents already, the page of the first request makes no key, and shows how to ask", async ({ page }) => {
  const ola = addPerson(server, "Ola Reyes", "owner");
  await signIn(page, server, ola, "/welcome");
  await expect(page.getByText("An admin makes the example agent’s key", { exact: false })).toBeVisible();
  addAgent(server, "billing-bot", ola);
  await page.context().clearCookies();
  await signIn(page, server, mara, "/welcome");
  await expect(page.getByRole("heading", { name: "How an agent asks" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Make a key for the example agent" })).toHaveCount(0);
  await expectGoodLook(page);
});

test("a wrong password is refused in words, and the way back leads where one wanted to go", async ({ page }) => {
  await page.goto(`${server.url}/settings`);
  await page.waitForURL("**/sign-in?**");
  await fillIn(page, mara.email, "not the password");
  await expect(page.getByText("E-mail and password do not belong together.")).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue(mara.email);
  await expectGoodLook(page);
  await fillIn(page, mara.email, PASSWORD);
  await page.waitForURL("**/settings");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await expectGoodLook(page);
});

test("without an answer from the server, signing in says that nothing happened", async ({ page }) => {
  await page.goto(`${server.url}/sign-in`);
  await page.route("**/api/auth/**", (route) => route.abort());
  await fillIn(page, mara.email, PASSWORD);
  await expect(page.getByText("The server could not be reached. Nothing was changed. Try again.")).toBeVisible();
  await page.unroute("**/api/auth/**");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/inbox");
});

test("a link in the sign-in's address never leads to another site", async ({ page }) => {
  await page.goto(`${server.url}/sign-in?callbackUrl=${encodeURIComponent("https://evil.example/inbox")}`);
  await fillIn(page, mara.email, PASSWORD);
  await page.waitForURL(`${server.url}/inbox`);
});

test("who fails again and again must wait, and is told how long", async ({ page }) => {
  const lee = addPerson(server, "Lee Chan", "approver");
  await page.goto(`${server.url}/sign-in`);
  const wait = page.getByText(/Too many failed attempts\. Wait \d+ s/);
  for (let attempt = 0; attempt < 12 && !(await wait.isVisible()); attempt += 1) {
    const answered = page.waitForResponse("**/api/auth/callback/credentials**");
    await fillIn(page, lee.email, `wrong ${attempt}`);
    await answered;
    await expect(page.getByRole("alert").filter({ hasText: /do not belong|Too many/ })).toBeVisible();
  }
  await expect(wait).toBeVisible();
});

test("whoever was disabled is told so, with the right password, too", async ({ page, browser }) => {
  const sam = addPerson(server, "Sam Ortiz", "approver");
  await signIn(page, server, mara);
  const disabled = await page.evaluate(async (id) => {
    const headers = { "Content-Type": "application/json" };
    return (await fetch(`/api/v1/people/${id}`, { method: "PATCH", headers, body: JSON.stringify({ status: "disabled" }) })).status;
  }, sam.id);
  expect(disabled).toBe(204);
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(`${server.url}/sign-in`);
  await fillIn(other, sam.email, PASSWORD);
  await expect(other.getByText("That account is not an active member here.", { exact: false })).toBeVisible();
  await context.close();
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
  await expectGoodLook(kim);
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
  await expectGoodLook(kim);
  await context.close();
});

test("a new password takes the old one, is held to the same rules, and ends the other sessions", async ({ page, browser }) => {
  const ann = addPerson(server, "Ann Lind", "approver");
  await signIn(page, server, ann, "/settings");
  const context = await browser.newContext();
  const other = await context.newPage();
  await signIn(other, server, ann);
  await page.getByLabel("Your password now").fill("not the password");
  await page.getByLabel("New password").fill("copper-heron-waits");
  await page.getByRole("button", { name: "Change it" }).click();
  await expect(page.getByText("That is not your password. Nothing was changed.")).toBeVisible();
  await expect(page.getByLabel("New password"), "nothing typed is lost").toHaveValue("copper-heron-waits");
  await page.getByLabel("Your password now").fill(PASSWORD);
  await page.getByRole("button", { name: "Change it" }).click();
  await expect(page.getByText("Your password was changed", { exact: false }).first()).toBeVisible();
  await other.waitForURL("**/sign-in?error=signed_out**");
  await fillIn(other, ann.email, PASSWORD);
  await expect(other.getByText("E-mail and password do not belong together.")).toBeVisible();
  await fillIn(other, ann.email, "copper-heron-waits");
  await other.waitForURL("**/inbox");
  await context.close();
});

test("theme and single keys are kept in this browser", async ({ page }) => {
  await signIn(page, server, mara, "/settings");
  await page.getByLabel("Dark").check();
  await page.getByLabel(/^Single keys/).uncheck();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByLabel("Dark")).toBeChecked();
  await expect(page.getByLabel(/^Single keys/)).not.toBeChecked();
  await page.goto(`${server.url}/inbox`);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toHaveCount(0);
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

test("what is not there, and what nobody closed, look like it", async ({ page }) => {
  await signIn(page, server, mara, "/blocks");
  await expect(page.getByText("Nothing is closed")).toBeVisible();
  await expectGoodLook(page);
  for (const path of ["/nowhere", "/approvals/00000000-0000-4000-8000-000000000000"]) {
    await page.goto(server.url + path);
    await expect(page.getByRole("heading", { name: "Not here, or not yours to see" })).toBeVisible();
  }
  await expectGoodLook(page);
});
