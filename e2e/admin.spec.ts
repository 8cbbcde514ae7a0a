import { expect, test, type Page } from "@playwright/test";
import { expectAccessibleInBothThemes } from "./support/look";
import { addPerson, signIn, type Person } from "./support/people";
import { Server } from "./support/server";
import { addAgent } from "./support/agent";
import { apply, shopFor } from "./support/shop";

let server: Server;
let mara: Person;
let kim: Person;
let ona: Person;

test.beforeAll(async () => {
  server = await Server.start();
  mara = addPerson(server, "Mara Wolf", "admin,approver");
  // One admin: what two make of a change is e2e/changes.spec.ts.
  kim = addPerson(server, "Kim Sato", "approver");
  ona = addPerson(server, "Ona Reyes", "owner");
  addPerson(server, "Aud Itor", "auditor");
});
test.afterAll(() => server.remove());

/** The page as it is shown on a desk and on a phone, in both themes, without anything beyond the edge. */
async function expectGoodLook(page: Page): Promise<void> {
  for (const viewport of [
    { width: 1280, height: 800 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(viewport);
    await expectAccessibleInBothThemes(page);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      `overflow at ${viewport.width}`,
    ).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

const tab = (page: Page, name: RegExp) => page.getByRole("tab", { name });

test("an admin registers an agent, classifies a tool, grants it and makes a key; the agent asks, and its owner cannot decide", async ({
  page,
}) => {
  await signIn(page, server, mara, "/agents");
  await expect(page.getByText("No agent is registered yet")).toBeVisible();
  await expectGoodLook(page);

  await page.getByRole("button", { name: "Register an agent…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Billing Bot");
  await dialog.getByLabel("Owner").selectOption({ label: mara.name });
  await dialog.getByLabel("Responsibility").fill("Refunds orders that arrived broken.");
  await dialog.getByLabel("Out of scope").fill("users.*");
  await expect(dialog.getByText("You will own it")).toBeVisible();
  await dialog.getByRole("button", { name: "Register" }).click();
  await expect(dialog.getByLabel("Name")).toHaveAccessibleDescription(/is not a name/);
  await expect(dialog.getByLabel("Responsibility"), "nothing typed is lost by an error").toHaveValue("Refunds orders that arrived broken.");
  await expectGoodLook(page);
  await dialog.getByLabel("Name").fill("billing-bot");
  await dialog.getByRole("button", { name: "Register" }).click();
  await page.waitForURL(/\/agents\/[0-9a-f-]{36}$/);
  const address = page.url();
  await expect(page.getByText("You own billing-bot, so you cannot decide its requests.")).toBeVisible();
  await expect(page.getByText("It may use nothing yet")).toBeVisible();

  await page.goto(`${server.url}/tools/new`);
  const risk = page.getByRole("complementary", { name: "Risk" });
  await page.getByLabel("Name").fill("orders.refund");
  await page.getByLabel("Title").fill("Refund {amount} EUR for order {id}");
  await page.getByLabel("How far it reaches").selectOption({ label: "A single record" });
  await page.getByLabel("Afterwards").selectOption({ label: "Can be undone with effort" });
  await expect(risk.getByText("High risk")).toBeVisible();
  await page.getByLabel("Justification").fill("can be charged again");
  await expect(risk.getByText("Medium risk")).toBeVisible();
  await page.getByLabel("Method").selectOption("POST");
  await page.getByLabel("Path").fill("/orders/{id}/refunds");
  await page.getByLabel("Arguments", { exact: true }).fill('{"type": "object", "properties": {"amount": {"type": "number"}}');
  await expect(page.getByText("This is not JSON yet.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add the tool" })).toBeDisabled();
  await page.getByLabel("Arguments", { exact: true }).fill('{"type": "object", "properties": {"amount": {"type": "number"}}}');
  await page.getByRole("button", { name: "Add the tool" }).click();
  await expect(page.getByLabel("Path")).toHaveAccessibleDescription(/names \{id\}, which is not an argument/);
  await expectGoodLook(page);
  await page
    .getByLabel("Arguments", { exact: true })
    .fill('{"type": "object", "properties": {"amount": {"type": "number"}, "id": {"type": "string"}}}');
  await page.getByRole("button", { name: "Add the tool" }).click();
  await page.waitForURL("**/tools");
  await expect(page.getByText("orders.refund is version 1.")).toBeVisible();
  await expect(page.getByRole("row", { name: /Refund \{amount\} EUR/ })).toContainText("Medium");
  await expectGoodLook(page);

  await page.goto(address);
  await page.getByRole("button", { name: "Grant a tool…" }).click();
  await dialog.getByLabel("Tool").selectOption({ label: "orders.refund (medium risk)" });
  await dialog.getByLabel("Because").fill("its purpose");
  await expectGoodLook(page);
  await dialog.getByRole("button", { name: "Grant" }).click();
  await expect(page.getByRole("row", { name: /POST \/orders\/\{id\}\/refunds/ })).toContainText("its purpose");
  await expectGoodLook(page);

  // On trial until somebody signs for what its readiness list lacks.
  await expect(page.getByText("Nothing that writes is released")).toBeVisible();
  await page.getByRole("button", { name: "Promote…" }).click();
  await expectGoodLook(page);
  for (const reason of await dialog.getByRole("textbox").all()) await reason.fill("tried in the old system");
  await dialog.getByRole("button", { name: "Promote" }).click();
  await expect(page.getByText("billing-bot is in production.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Back on trial…" })).toBeVisible();

  await tab(page, /Keys/).click();
  await page.getByRole("button", { name: "Make a key…" }).click();
  await expect(dialog.getByText("Whoever makes the key is on the requester’s side")).toBeVisible();
  await dialog.getByRole("button", { name: "Make the key" }).click();
  const key = (await dialog.locator(".once").textContent()) ?? "";
  expect(key).toMatch(/^licet_/);
  await page.keyboard.press("Escape");
  await expect(dialog.getByText("The key is not shown again."), "the key does not vanish by accident").toBeVisible();
  await expectGoodLook(page);
  await dialog.getByRole("button", { name: "Yes, close it" }).click();
  await expect(page.getByText(key)).toHaveCount(0);
  await expect(page.getByText(/You made its key/)).toBeVisible();
  await expectGoodLook(page);

  const ask = () =>
    fetch(`${server.url}/api/v1/approvals`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ tool: "orders.refund", arguments: { amount: 5, id: "o_1" }, reason: "arrived broken", session_id: "s_1" }),
    });
  const asked = (await (await ask()).json()) as { id: string; status: string; decision: { reason: string } | null };
  expect(asked, "the chain names nobody but the owner").toMatchObject({ status: "denied" });
  await tab(page, /Calls/).click();
  await expect(page.getByRole("row", { name: /Refund 5 EUR for order o_1/ })).toContainText("denied");
  await expectGoodLook(page);

  await tab(page, /Keys/).click();
  await page.getByRole("button", { name: /^Revoke key/ }).click();
  await dialog.getByRole("button", { name: "Revoke the key" }).click();
  await expect(page.getByText(/revoked/)).toBeVisible();
  expect((await ask()).status).toBe(401);
});

test("a chain says while one edits it what is wrong, and is published only when nothing is", async ({ page, browser }) => {
  await signIn(page, server, mara, "/chains");
  await expect(page.getByText("Silence means no: after 5 min at high risk, 15 min at medium risk and 5 min at low risk.")).toBeVisible();
  await expectGoodLook(page);
  await page.getByRole("button", { name: "New chain…" }).click();
  await page.getByLabel("Name").fill("payments");
  await page.getByRole("button", { name: "Choose its people" }).click();
  await page.waitForURL("**/chains/payments?new=1");
  await expect(page.getByText("Level 1 names nobody.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Publish: 1 problem" })).toBeDisabled();
  await expectGoodLook(page);

  await page.getByRole("button", { name: "Add somebody to level 1" }).click();
  await expect(page.getByRole("menuitem", { name: /Ona Reyes/ }), "an owner never stands in a level").toHaveCount(0);
  await page.getByRole("menuitem", { name: /Mara Wolf/ }).click();
  await page.getByRole("button", { name: "Add a level" }).click();
  await page.getByRole("button", { name: "Add somebody to level 2" }).click();
  await page.getByRole("menuitem", { name: /Kim Sato/ }).click();
  const time = page.getByLabel("Seconds until level 2 is asked");
  await time.fill("300");
  await expect(page.getByText("Level 2 would be asked after 5 min, but", { exact: false })).toBeVisible();
  await expect(page.getByRole("button", { name: "Publish: 1 problem" })).toBeDisabled();
  await expectGoodLook(page);
  await time.fill("60");
  await page.getByRole("button", { name: "Ask level 2 earlier" }).press("Enter");
  await expect(page.getByText(/^Kim Sato is asked at once, Mara Wolf after 1 min\./)).toBeVisible();
  await expect(page.getByRole("button", { name: "Ask level 1 later" }), "the keyboard stays with the level that moved").toBeFocused();

  page.once("dialog", (question) => void question.dismiss());
  await page.getByRole("link", { name: "‹ Chains" }).click();
  await expect(page, "leaving what is not published is asked about").toHaveURL(/\/chains\/payments/);

  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.getByText("payments is published as version 1.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Published" })).toBeDisabled();

  // The same chain is edited in two windows.
  await time.fill("90");
  const other = await (await browser.newContext()).newPage();
  await signIn(other, server, mara, "/chains/payments");
  await other.getByLabel("Seconds until level 2 is asked").fill("30");
  await other.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(other.getByText("payments is published as version 2.")).toBeVisible();
  await other.context().close();
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.getByText("Somebody published version 2 while you edited.")).toBeVisible();
  await expect(time, "the draft is kept").toHaveValue("90");
  await page.getByRole("button", { name: "keep yours" }).click();
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(page.getByText("payments is published as version 3.")).toBeVisible();

  await page.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("button", { name: "Remove the chain" }).click();
  await page.waitForURL("**/chains");
  await expect(page.getByRole("link", { name: "payments" })).toHaveCount(0);
});

test("a chain that a rule asks stays, and the page says which", async ({ page }) => {
  apply(
    server,
    `
version: 1
chains: [{ name: refunds, levels: [{ people: [${kim.email}] }] }]
policy: { rules: [{ name: refunds-only, match: { tool: "orders.*" }, effect: require_approval, chain: refunds }] }
`,
  );
  await signIn(page, server, mara, "/chains/refunds");
  await page.getByRole("button", { name: "Remove…" }).click();
  await page.getByRole("button", { name: "Remove the chain" }).click();
  await expect(page.getByRole("dialog").getByText("The rule refunds-only asks it.")).toBeVisible();
});

test("an admin invites, changes roles and disables; the last admin stays", async ({ page }) => {
  await signIn(page, server, mara, "/people");
  await expectGoodLook(page);
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Invite somebody…" }).click();
  await dialog.getByLabel("E-mail").fill(kim.email);
  await dialog.getByRole("button", { name: "Make the link" }).click();
  await expect(dialog.getByText("That e-mail belongs to a person here already.")).toBeVisible();
  await dialog.getByLabel("E-mail").fill("lee@example.org");
  await expectGoodLook(page);
  await dialog.getByRole("button", { name: "Make the link" }).click();
  await expect(dialog.locator(".once")).toContainText(`${server.url}/invite/`);
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("button", { name: "Withdraw the invitation of lee@example.org…" }).click();
  await dialog.getByRole("button", { name: "Withdraw" }).click();
  await expect(page.getByText("lee@example.org", { exact: true })).toHaveCount(0);

  await page.getByRole("button", { name: "Change Kim Sato" }).click();
  await page.getByRole("menuitem", { name: "Roles…" }).click();
  await dialog.getByRole("checkbox", { name: /^auditor/ }).check();
  await expectGoodLook(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Kim Sato’s roles are changed.")).toBeVisible();

  await page.getByRole("button", { name: "Change Mara Wolf" }).click();
  await page.getByRole("menuitem", { name: "Roles…" }).click();
  await dialog.getByRole("checkbox", { name: /^admin/ }).uncheck();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("This is the last admin.", { exact: false })).toBeVisible();
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("button", { name: "Change Kim Sato" }).click();
  await page.getByRole("menuitem", { name: "Disable…" }).click();
  await dialog.getByRole("button", { name: "Disable" }).click();
  await expect(page.getByRole("row", { name: /Kim Sato/ })).toContainText("disabled");
});

test("an auditor reads everything and finds nothing to change it with", async ({ page }) => {
  addAgent(server, "audited-bot", mara);
  apply(server, shopFor("audited-bot"));
  await signIn(page, server, { email: "aud.itor@example.org" }, "/agents");
  const buttons = page.getByRole("main").getByRole("button");
  await page.getByRole("link", { name: "audited-bot" }).click();
  await expect(page.getByRole("heading", { name: "audited-bot" })).toBeVisible();
  await tab(page, /Keys/).click();
  await expect(buttons).toHaveCount(0);
  await page.goto(`${server.url}/tools`);
  await page.getByRole("button", { name: /Delete user/ }).click();
  await expect(page.getByRole("dialog").getByText('"cascade"', { exact: false })).toBeVisible();
  await expectGoodLook(page);
  await page.goto(`${server.url}/tools/new`);
  await expect(page).toHaveURL(/\/inbox$/);
  await page.goto(`${server.url}/chains/default`);
  await expect(page.getByText(/is asked at once/)).toBeVisible();
  await expect(buttons).toHaveCount(0);
  await page.goto(`${server.url}/people`);
  await expect(page.getByRole("row", { name: /Mara Wolf/ })).toBeVisible();
  await expect(buttons).toHaveCount(0);
});

test("an owner sees the agents they own and no others", async ({ page }) => {
  addAgent(server, "ona-bot", ona);
  addAgent(server, "mara-bot", mara);
  await signIn(page, server, ona, "/agents");
  await expect(page.getByRole("link", { name: "ona-bot" })).toBeVisible();
  await expect(page.getByRole("link", { name: "mara-bot" })).toHaveCount(0);
  await page.goto(`${server.url}/chains`);
  await expect(page, "chains are for those who decide or administer").toHaveURL(/\/inbox$/);
});
