import { expect, test } from "@playwright/test";
import { expectAccessibleInBothThemes } from "./support/look";
import { PASSWORD } from "./support/people";
import { Server } from "./support/server";

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.remove());

test("from the printed link to the first decision, as a newcomer goes", async ({ page }) => {
  await page.goto(server.setupLink);
  await expectAccessibleInBothThemes(page);
  await page.getByLabel("Your name").fill("Mara Wolf");
  await page.getByLabel("E-mail").fill("mara@example.org");
  await page.getByLabel("Password", { exact: true }).fill("password1234");
  await page.getByRole("button", { name: "Become the first admin" }).click();
  await expect(page.getByText("tried first").first()).toBeVisible();
  await expect(page.getByLabel("Your name")).toHaveValue("Mara Wolf");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Become the first admin" }).click();

  await page.waitForURL("**/welcome");
  await expect(page.getByText("Waiting for it…")).toBeVisible();
  await expectAccessibleInBothThemes(page);
  await page.getByRole("button", { name: "Make a key for the example agent" }).click();
  const line = page.locator("pre");
  await expect(line).toContainText(/Bearer licet_[a-z0-9]+_/i);
  const key = /Bearer (licet_\S+?)"/.exec((await line.textContent()) ?? "")?.[1] ?? "";

  // What the line on the page does, in another terminal: it waits for the answer.
  const heard = fetch(`${server.url}/api/v1/approvals`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", Prefer: "wait=50" },
    body: JSON.stringify({ tool: "customers.delete", arguments: { id: "u_48213" }, reason: "asked by the customer", session_id: "hello" }),
  }).then((response) => response.json() as Promise<{ status: string; decision: { by: string } }>);

  await expect(page.getByText("It is here")).toBeVisible();
  await page.getByRole("link", { name: /Delete customer u_48213 for good/ }).click();
  await page.waitForURL("**/approvals/*");
  await expect(page.getByRole("heading", { name: "Delete customer u_48213 for good" })).toBeVisible();
  await expectAccessibleInBothThemes(page);

  await page.keyboard.press("a");
  await page.getByLabel("Type the id to confirm it").fill("u_48231");
  await page.getByLabel("Your password").fill(PASSWORD);
  const approve = page.getByRole("button", { name: "Approve", exact: true });
  await expect(approve, "a look-alike of the decisive value approves nothing").toBeDisabled();
  await page.getByLabel("Type the id to confirm it").fill("u_48213");
  await expectAccessibleInBothThemes(page);
  await approve.click();

  await expect(page.getByText("You approved this")).toBeVisible();
  await expectAccessibleInBothThemes(page);
  expect(await heard).toMatchObject({ status: "approved", decision: { by: "person" } });
});

test("the set-up link is void once there is an admin", async ({ page }) => {
  await page.goto(server.setupLink);
  await expect(page.getByRole("heading", { name: "This link is not good any more" })).toBeVisible();
  await expectAccessibleInBothThemes(page);
});

test("what waited before a restart waits after it, and the session still holds", async ({ page }) => {
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel("E-mail").fill("mara@example.org");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/inbox");
  const { key } = server.licet<{ key: string }>(["demo-agent"]);
  await fetch(`${server.url}/api/v1/approvals`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify({ tool: "orders.refund", arguments: { id: "o_1201", amount: 10 }, reason: "late", session_id: "s_2" }),
  });
  const row = page.getByRole("link", { name: "Refund 10 EUR for order o_1201" });
  await expect(row).toBeVisible();
  await server.restart();
  await page.reload();
  await expect(row).toBeVisible();
});
