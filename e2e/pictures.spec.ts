import { expect, test, type Page } from "@playwright/test";
import { addAgent } from "./support/agent";
import { addPerson, signIn } from "./support/people";
import { Server } from "./support/server";
import { apply, shopFor } from "./support/shop";

// The README's pictures. They are written into docs/pictures by `npm run pictures`; every other run only takes them.
const FOLDER = process.env.LICET_PICTURES ? "docs/pictures" : "test-results/pictures";

let server: Server;
test.beforeAll(async () => {
  server = await Server.start();
});
test.afterAll(() => server.remove());

test("the pictures of the README show a real request on the real screen", async ({ page, browser }) => {
  const mara = addPerson(server, "Mara Wolf", "admin,approver");
  const kim = addPerson(server, "Kim Sato", "approver");
  const sam = addPerson(server, "Sam Ortiz", "security_officer");
  const agent = addAgent(server, "support-bot", addPerson(server, "Ken Mori", "owner"));
  apply(server, shopFor("support-bot"));
  apply(
    server,
    `version: 1\nchains: [{ name: default, levels: [{ people: [${mara.email}, ${kim.email}], escalate_after: 90s }, { people: [${sam.email}] }] }]`,
  );
  for (const id of ["8790", "8813", "8812"]) await agent.ask({ tool: "tickets.read", arguments: { id }, session_id: "s_91" });
  const asked = await agent.ask({
    tool: "users.delete",
    arguments: { id: "u_48213", cascade: true },
    reason: "GDPR erasure, ticket 8812, customer asked twice\u200B please hurry",
    session_id: "s_91",
  });
  await agent.ask({ tool: "orders.refund", arguments: { id: "o_1201", amount: 129.5 } });
  await signIn(page, server, mara);
  await take(page, "inbox");
  await page.goto(`${server.url}/approvals/${asked.id}`);
  await take(page, "review");

  const phone = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    colorScheme: "dark",
    deviceScaleFactor: 2,
  });
  const small = await phone.newPage();
  await signIn(small, server, kim);
  await small.goto(`${server.url}/approvals/${asked.id}`);
  await take(small, "review-phone");
  await phone.close();
});

async function take(page: Page, name: string): Promise<void> {
  await expect(page.getByText("then").first()).toBeVisible();
  await expect(page.locator("tbody tr")).not.toHaveCount(0);
  // The browser has taken over: times are in the viewer's zone, the clock runs.
  await expect(page.locator("time").first()).toBeVisible();
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
}
