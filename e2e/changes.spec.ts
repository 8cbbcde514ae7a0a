import { expect, test } from "@playwright/test";
import { addAgent } from "./support/agent";
import { expectAccessibleInBothThemes } from "./support/look";
import { addPerson, signIn, type Person } from "./support/people";
import { Server } from "./support/server";
import { apply, shopFor } from "./support/shop";

let server: Server;
let mara: Person;
let kim: Person;

test.beforeAll(async () => {
  server = await Server.start();
  mara = addPerson(server, "Mara Wolf", "admin,approver");
  addAgent(server, "support-bot", mara);
  apply(server, shopFor("support-bot"));
  kim = addPerson(server, "Kim Sato", "admin,approver");
});
test.afterAll(() => server.remove());

test("with two admins what widens waits for the other one, and is in force once they approve", async ({ page, browser }) => {
  await signIn(page, server, mara, "/tools/new");
  await page.getByLabel("Name").fill("orders.list");
  await page.getByLabel("Justification").fill("reads only");
  await page.getByRole("button", { name: "Add the tool" }).click();
  await page.waitForURL(/\/changes\/[0-9a-f-]{36}$/);
  await expect(page.getByText("You proposed this, so somebody else decides. Kim Sato may.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  await expectAccessibleInBothThemes(page);
  const address = page.url();
  await page.goto(`${server.url}/tools`);
  await expect(page.getByRole("row", { name: /orders\.list/ }), "not in force").toHaveCount(0);

  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const other = await context.newPage();
  await signIn(other, server, kim, "/changes");
  await other.getByRole("link", { name: /orders\.list/ }).click();
  await expect(other.getByRole("cell", { name: "reads only" })).toBeVisible();
  await expectAccessibleInBothThemes(other);
  expect(await other.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await other.getByRole("button", { name: /^Approve/ }).click();
  await expect(other.getByText("In force, by Kim Sato", { exact: false })).toBeVisible();
  await context.close();

  await page.goto(`${server.url}/tools`);
  await expect(page.getByRole("row", { name: /orders\.list/ })).toBeVisible();
  await page.goto(address);
  await expect(page.getByText("In force, by Kim Sato", { exact: false })).toBeVisible();
});

test("who proposed may withdraw; the list says what became of each", async ({ page }) => {
  await signIn(page, server, mara, "/tools/new");
  await page.getByLabel("Name").fill("orders.drop");
  await page.getByRole("button", { name: "Add the tool" }).click();
  await page.waitForURL(/\/changes\//);
  await page.getByRole("button", { name: "Withdraw it" }).click();
  await expect(page.getByText("Withdrawn: nothing was changed.")).toBeVisible();
  await page.getByRole("link", { name: "Changes" }).first().click();
  await expect(page.getByRole("row", { name: /orders\.drop/ })).toContainText("withdrawn");
  await expectAccessibleInBothThemes(page);
});
