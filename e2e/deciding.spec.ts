import { expect, test, type Page } from "@playwright/test";
import { addAgent, type Agent } from "./support/agent";
import { expectAccessible, expectAccessibleInBothThemes } from "./support/look";
import { addPerson, PASSWORD, signIn, type Person } from "./support/people";
import { Server } from "./support/server";
import { apply, shopFor } from "./support/shop";

let server: Server;
let agent: Agent;
const people: Record<"mara" | "kim" | "sam" | "ken", Person> = {} as never;

test.beforeAll(async () => {
  server = await Server.start();
  people.mara = addPerson(server, "Mara Wolf", "admin,approver");
  people.kim = addPerson(server, "Kim Sato", "approver");
  people.sam = addPerson(server, "Sam Ortiz", "security_officer");
  people.ken = addPerson(server, "Ken Mori", "owner");
  agent = addAgent(server, "support-bot", people.ken);
  apply(server, shopFor("support-bot"));
});
test.afterAll(() => server.remove());

const chain = (levels: string) => apply(server, `version: 1\nchains:\n  - name: default\n    levels:\n${levels}`);
const deadlines = (seconds: string) =>
  apply(server, `version: 1\npolicy: { version: 1, timeout: { low: ${seconds}, medium: ${seconds}, high: ${seconds} } }`);
const open = (page: Page, id: string) => page.goto(`${server.url}/approvals/${id}`);

test("a card appears live, one key denies, the agent reads why and can be answered in words", async ({ page }) => {
  await signIn(page, server, people.mara);
  await expect(page.getByText("Nothing waits for you")).toBeVisible();
  await expectAccessibleInBothThemes(page);
  const asked = await agent.ask({ tool: "orders.refund", arguments: { id: "o_1", amount: 129.5 } });
  const heard = agent.hear(asked.id);
  await page.getByRole("link", { name: "Refund 129.5 EUR for order o_1" }).click();
  await page.waitForURL(`**/approvals/${asked.id}`);
  await expect(page.getByRole("button", { name: /^Deny/ })).toBeVisible();
  await page.keyboard.press("d");
  await expect(page.getByRole("button", { name: /Denied in/ })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel(/Tell the agent why/).fill("Ask Jo first.");
  await page.getByRole("button", { name: /Wrong target/ }).click();
  await expect(page.getByText("You denied this")).toBeVisible();
  await expect(page.getByText("Wrong target: “Ask Jo first.”")).toBeVisible();
  expect((await heard).decision).toMatchObject({ by: "person", deny_reason: "wrong_target", comment: "Ask Jo first.", ask_again: "no" });
});

test("a denial can be taken back for five seconds; left alone it is sent", async ({ page }) => {
  await signIn(page, server, people.mara);
  const asked = await agent.ask({ tool: "orders.refund", arguments: { id: "o_2", amount: 5 } });
  await open(page, asked.id);
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeVisible();
  await page.keyboard.press("d");
  await page.keyboard.press("z");
  await expect(page.getByRole("button", { name: /^Deny/ })).toBeVisible();
  await page.keyboard.press("d");
  await expect(page.getByText("You denied this")).toBeVisible();
});

test("medium risk is approved with one key, and Enter never approves", async ({ page }) => {
  await signIn(page, server, people.mara);
  const asked = await agent.ask({ tool: "orders.refund", arguments: { id: "o_3", amount: 7 } });
  const heard = agent.hear(asked.id);
  await open(page, asked.id);
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeVisible();
  await page.keyboard.press("a");
  await expect(page.getByText("You approved this")).toBeVisible();
  expect(await heard).toMatchObject({ status: "approved", decision: { validity: "once", uses_left: 1 } });
});

test("what somebody else decides shows in place, in the inbox and on the open page", async ({ page, browser }) => {
  chain(`      - { people: [${people.mara.email}, ${people.kim.email}] }`);
  await signIn(page, server, people.mara);
  const first = await agent.ask({ tool: "orders.refund", arguments: { id: "o_4", amount: 1 } });
  const second = await agent.ask({ tool: "orders.refund", arguments: { id: "o_5", amount: 2 } });
  await page.goto(`${server.url}/inbox`);
  await expect(page.getByRole("link", { name: /order o_4/ })).toBeVisible();
  const other = await browser.newContext();
  const kim = await other.newPage();
  await signIn(kim, server, people.kim);
  await open(kim, second.id);
  await open(page, first.id);
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeVisible();
  await page.keyboard.press("a");
  await expect(page.getByText("You approved this")).toBeVisible();
  await open(page, second.id);
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeVisible();
  await kim.keyboard.press("a");
  await expect(kim.getByText("You approved this")).toBeVisible();
  await expect(page.getByText("Kim Sato approved this")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeHidden();
  await other.close();
});

test("new requests wait behind a button: rows do not move under the reader", async ({ page }) => {
  await signIn(page, server, people.mara);
  await agent.ask({ tool: "orders.refund", arguments: { id: "o_6", amount: 1 } });
  await expect(page.getByRole("link", { name: /order o_6/ })).toBeVisible();
  await agent.ask({ tool: "users.delete", arguments: { id: "u_1" } });
  await page.getByRole("button", { name: "1 new, show" }).click();
  await expect(page.locator("tbody tr").first()).toContainText("Delete user u_1 for good");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /order o_6/ })).toBeVisible();
});

test("whoever owns the agent is told why they cannot decide", async ({ page }) => {
  const asked = await agent.ask({ tool: "orders.refund", arguments: { id: "o_7", amount: 1 } });
  await signIn(page, server, people.ken);
  await open(page, asked.id);
  await expect(page.getByText("You cannot decide this.")).toBeVisible();
  await expect(page.getByText("You own this agent, and nobody decides for themselves.", { exact: false })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve|^Deny/ })).toHaveCount(0);
  await expectAccessibleInBothThemes(page);
});

test("three levels of people are asked one after the other, and silence denies; the tool is closed until somebody lifts that", async ({
  page,
  browser,
}) => {
  chain(
    `      - { people: [${people.kim.email}], escalate_after: 2s }\n      - { people: [${people.mara.email}], escalate_after: 2s }\n      - { people: [${people.sam.email}] }`,
  );
  deadlines("12s");
  const asked = await agent.ask({ tool: "users.delete", arguments: { id: "u_9" } });
  const heard = agent.hear(asked.id);
  const context = await browser.newContext();
  const sam = await context.newPage();
  await signIn(sam, server, people.sam);
  await expect(sam.getByRole("link", { name: "Delete user u_9 for good" }), "the third level's person sees it once asked").toBeVisible();
  await signIn(page, server, people.mara);
  await open(page, asked.id);
  await expect(page.getByText("No answer: it moved from level 1 to level 2.")).toBeVisible();
  await expect(page.getByText("No answer: it moved from level 2 to level 3.")).toBeVisible();
  await expect(page.getByText("Denied by silence", { exact: false }).first()).toBeVisible();
  expect(await heard).toMatchObject({ status: "expired", decision: { by: "silence", reason: "silence", ask_again: "later" } });
  await expectAccessibleInBothThemes(page);

  await expect(sam.getByText("A high-risk request was denied because nobody answered")).toBeVisible();
  const again = await agent.ask({ tool: "users.delete", arguments: { id: "u_10" } });
  expect(again).toMatchObject({ status: "denied", decision: { reason: "blocked" } });
  await sam.goto(`${server.url}/blocks`);
  await expect(sam.getByRole("cell", { name: /users.delete/ })).toBeVisible();
  await expectAccessibleInBothThemes(sam);
  deadlines("5m");
  await page.getByRole("button", { name: "Lift the block" }).click();
  await expect(page.getByText("may ask for users.delete again", { exact: false })).toBeVisible();
  expect(await agent.ask({ tool: "users.delete", arguments: { id: "u_11" } })).toMatchObject({ status: "pending" });
  await context.close();
});

test("Enter in a field never approves", async ({ page }) => {
  const asked = await agent.ask({ tool: "users.delete", arguments: { id: "u_31" }, session_id: "enter" });
  await signIn(page, server, people.mara);
  await open(page, asked.id);
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeVisible();
  const value = page.getByLabel(/Type the id/);
  // A page that is shown may not listen to keys yet.
  await expect(async () => {
    await page.keyboard.press("a");
    await expect(value).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await value.fill("u_31");
  await page.getByLabel("Your password").fill(PASSWORD);
  await expect(page.getByRole("button", { name: "Approve", exact: true })).toBeEnabled();
  await page.getByLabel("Your password").press("Enter");
  await value.press("Enter");
  await page.reload();
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeVisible();
  expect(await agent.read(asked.id)).toMatchObject({ status: "pending" });
});

test("a person sends it one level up by hand", async ({ page }) => {
  chain(`      - { people: [${people.mara.email}], escalate_after: 60s }\n      - { people: [${people.sam.email}] }`);
  const asked = await agent.ask({ tool: "orders.refund", arguments: { id: "o_8", amount: 1 } });
  await signIn(page, server, people.mara);
  await open(page, asked.id);
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeVisible();
  await page.keyboard.press("e");
  await expect(page.getByText("Mara Wolf sent it from level 1 to level 2.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ }), "who was asked before may still decide").toBeVisible();
});

test("without a connection nothing pretends to be decided", async ({ page, context }) => {
  const asked = await agent.ask({ tool: "orders.refund", arguments: { id: "o_9", amount: 1 } });
  await signIn(page, server, people.mara);
  await open(page, asked.id);
  await expect(page.getByRole("button", { name: /^Approve/ })).toBeVisible();
  await context.setOffline(true);
  await page.keyboard.press("a");
  await expect(
    page
      .getByText("could not be reached", { exact: false })
      .or(page.getByText("No connection", { exact: false }))
      .first(),
  ).toBeVisible();
  await context.setOffline(false);
  expect(await agent.ask({ tool: "orders.refund", arguments: { id: "o_9", amount: 1 } })).toMatchObject({
    id: asked.id,
    status: "pending",
  });
});

test("the agent's words are text, and what hides in them is shown", async ({ page }) => {
  const asked = await agent.ask({
    tool: "orders.refund",
    arguments: { id: "o_10", amount: 1, note: "<img src=x onerror=alert(1)>" },
    reason: "**urgent** <b>please</b>\u200B approve\u202E now, p\u0430ypal",
  });
  await signIn(page, server, people.mara);
  await open(page, asked.id);
  const claim = page.locator(".claim");
  await expect(claim).toContainText("**urgent** <b>please</b>");
  await expect(claim).toContainText("U+200B");
  await expect(claim).toContainText("U+202E");
  await expect(claim).toContainText("U+0430");
  await expect(page.locator("article img")).toHaveCount(0);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("high risk: pick the right one of three, then the password", async ({ page }) => {
    const asked = await agent.ask({ tool: "users.delete", arguments: { id: "u_48213" }, session_id: "phone" });
    const heard = agent.hear(asked.id);
    await signIn(page, server, people.mara);
    await expectAccessibleInBothThemes(page);
    await page.getByRole("link", { name: "Delete user u_48213 for good" }).click();
    await page.getByRole("button", { name: /^Approve/ }).click();
    const picks = page.getByRole("group", { name: /Which id/ }).getByRole("button");
    await expect(picks).toHaveCount(3);
    await expectAccessible(page);
    await page.getByLabel("Your password").fill(PASSWORD);
    await picks.filter({ hasNotText: "u_48213" }).first().click();
    await expect(page.getByRole("button", { name: "Approve", exact: true })).toBeDisabled();
    await page.getByRole("button", { name: "u_48213", exact: true }).click();
    await page.getByRole("button", { name: "Approve", exact: true }).click();
    await expect(page.getByText("You approved this")).toBeVisible();
    expect((await heard).status).toBe("approved");
  });

  test("from a push's Deny: one more tap", async ({ page }) => {
    const asked = await agent.ask({ tool: "users.delete", arguments: { id: "u_77" } });
    await signIn(page, server, people.mara);
    await page.goto(`${server.url}/approvals/${asked.id}?deny=1`);
    await page.getByRole("button", { name: "Deny now" }).click();
    await expect(page.getByText("You denied this")).toBeVisible();
  });
});
