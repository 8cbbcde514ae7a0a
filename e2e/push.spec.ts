import { expect, test, type Page } from "@playwright/test";
import webpush from "web-push";
import { addAgent, type Agent } from "./support/agent";
import { expectAccessible, expectAccessibleInBothThemes } from "./support/look";
import { addPerson, signIn, type Person } from "./support/people";
import { PushedBrowser, subscribeAt } from "./support/push-browser";
import { PushService } from "./support/push-service";
import { Server } from "./support/server";
import { apply, shopFor } from "./support/shop";

let server: Server;
let service: PushService;
let mara: Person;
let agent: Agent;

test.beforeAll(async () => {
  service = await PushService.start();
  server = await Server.start({ LICET_PUSH_HOSTS: service.host });
  mara = addPerson(server, "Mara Wolf", "admin,approver");
  agent = addAgent(server, "support-bot", addPerson(server, "Ken Mori", "owner"));
  apply(server, shopFor("support-bot"));
});
test.afterAll(async () => {
  await server.remove();
  await service.stop();
});

/** Signs in and turns pushes on, on the real page. @returns the subscription's endpoint */
async function turnOn(page: Page): Promise<string> {
  await subscribeAt(page, service, server.url);
  await signIn(page, server, mara, "/settings");
  await expect(page.getByText("The lock screen shows that something waits", { exact: false })).toBeVisible();
  return letItWakeMe(page);
}

async function letItWakeMe(page: Page): Promise<string> {
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/v1/devices"));
  await page.getByRole("button", { name: "Let this browser wake me" }).click();
  await expect(page.getByText("This browser takes pushes.")).toBeVisible();
  return ((await sent).postDataJSON() as { endpoint: string }).endpoint;
}

test("a high-risk request wakes the browser: risk and end on the lock screen, nothing else; one click opens it", async ({ page }) => {
  const endpoint = await turnOn(page);
  const browser = await PushedBrowser.of(page);
  const device = page.getByRole("row", { name: /this browser/ });
  await expect(device).toContainText("never");
  await expectAccessibleInBothThemes(page);

  await device.getByRole("button", { name: "Test" }).click();
  await browser.deliver((await service.received(endpoint, 1)).text);
  expect(await browser.shown("test")).toMatchObject({ title: "Licet can reach this device", actions: [] });

  const medium = await agent.ask({ tool: "orders.refund", arguments: { id: "o_1", amount: 10 } });
  expect(medium.risk.level).toBe("medium");
  const { id } = await agent.ask({ tool: "users.delete", arguments: { id: "u_48213" }, reason: "ticket 8812 says so" });
  const { headers, text } = await service.received(endpoint, 2);
  expect(JSON.parse(text), "medium risk wakes nobody: the second push is the high one").toMatchObject({
    web_push: 8030,
    notification: { title: "Approval needed, high risk", navigate: `${server.url}/approvals/${id}`, tag: id },
  });
  expect(text, "no tool, no argument, no name, no word of the agent's").not.toMatch(/users|delete|u_48213|support-bot|Mara|8812/i);
  expect(headers).toMatchObject({ urgency: "high", "content-encoding": "aes128gcm" });
  expect(Number(headers.ttl), "kept no longer than the request lives").toBeLessThanOrEqual(300);

  await browser.deliver(text);
  const shown = await browser.shown(id);
  expect(shown).toMatchObject({ title: "Approval needed, high risk", actions: ["open", "deny"] });
  expect(shown.body).toMatch(/^Ends \d\d:\d\d\. Open to review\.$/);

  await browser.click(id);
  await page.waitForURL(`**/approvals/${id}`);
  await expect(page.getByRole("heading", { name: "Delete user u_48213 for good" })).toBeVisible();
  expect(await browser.notifications(), "a clicked one is gone").not.toContainEqual(expect.objectContaining({ tag: id }));
});

test("Deny on the notification is two taps: the page opens to deny, and one more sends it", async ({ page }) => {
  const endpoint = await turnOn(page);
  const browser = await PushedBrowser.of(page);
  const { id } = await agent.ask({ tool: "users.delete", arguments: { id: "u_2" } });
  await browser.deliver((await service.received(endpoint, 1)).text);
  await browser.shown(id);
  await browser.click(id, "deny");
  await page.waitForURL(`**/approvals/${id}?deny=1`);
  const heard = agent.hear(id);
  await page.getByRole("button", { name: "Deny now" }).click();
  await expect(page.getByText("You denied this")).toBeVisible();
  expect((await heard).status).toBe("denied");
});

test("a push that comes too late offers nothing to decide, and one that cannot be read still shows", async ({ page }) => {
  await turnOn(page);
  const browser = await PushedBrowser.of(page);
  const notification = { title: "Approval needed, high risk", body: "", navigate: `${server.url}/approvals/late`, tag: "late" };
  await browser.deliver(
    JSON.stringify({ web_push: 8030, notification, request: { id: "late", expires_at: new Date(Date.now() - 1000).toISOString() } }),
  );
  expect(await browser.shown("late")).toMatchObject({ title: "A request has ended", actions: [] });
  await browser.deliver("not what we send");
  expect(await browser.shown("licet")).toMatchObject({ title: "Approval needed", body: "Open to review.", actions: [] });
});

test("what was shown counts even when nobody is signed in any more, as at night", async ({ page }) => {
  const endpoint = await turnOn(page);
  const browser = await PushedBrowser.of(page);
  const { id } = await agent.ask({ tool: "users.delete", arguments: { id: "u_3" } });
  const { text } = await service.received(endpoint, 1);
  await page.context().clearCookies();
  await browser.deliver(text);
  await browser.shown(id);
  await browser.click(id);
  await page.waitForURL(`**/sign-in?callbackUrl=${encodeURIComponent(`/approvals/${id}`)}`);
  await signIn(page, server, mara, "/settings");
  const lastShown = page
    .getByRole("row", { name: /this browser/ })
    .getByRole("cell")
    .nth(2);
  await expect(async () => {
    await page.reload();
    await expect(lastShown).not.toHaveText("never", { timeout: 500 });
  }).toPass();
});

test("the push service takes pushes from our key alone, and a device it no longer knows is forgotten", async ({ page }) => {
  const endpoint = await turnOn(page);
  const { endpoint: other, keys } = await service.subscribe(webpush.generateVAPIDKeys().publicKey);
  const stranger = { subject: "mailto:a@example.org", ...webpush.generateVAPIDKeys() };
  await expect(
    webpush.sendNotification({ endpoint: other, keys }, "hello", { vapidDetails: stranger }),
    "this test's push service would refuse a wrong sender",
  ).rejects.toThrow();

  service.expire(endpoint);
  const device = page.getByRole("row", { name: /this browser/ });
  await device.getByRole("button", { name: "Test" }).click();
  await expect(page.getByText("That device is gone", { exact: false }).first()).toBeVisible();
  await expect(device).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Let this browser wake me" }), "and nothing pretends it still is").toBeVisible();
});

test("whoever forgets this browser or signs out is not pushed to any more", async ({ page }) => {
  const forgotten = await turnOn(page);
  await page
    .getByRole("row", { name: /this browser/ })
    .getByRole("button", { name: "Forget" })
    .click();
  await expect(page.getByRole("button", { name: "Let this browser wake me" })).toBeVisible();
  expect(service.isOver(forgotten)).toBe(true);
  const endpoint = await letItWakeMe(page);
  await page.getByRole("button", { name: /^Mara Wolf/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in");
  expect(service.isOver(endpoint)).toBe(true);
});

test("without a connection the installed page says so and pretends nothing", async ({ page }) => {
  await turnOn(page);
  await PushedBrowser.of(page);
  await server.stop();
  await page.goto(`${server.url}/inbox`);
  await expect(page.getByRole("heading", { name: "No connection" })).toBeVisible();
  await expect(page.getByText("nothing was decided", { exact: false })).toBeVisible();
  await expectAccessible(page);
  await server.restart();
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Inbox" })).toBeAttached();
});
