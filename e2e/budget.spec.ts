import { expect, test, type Page } from "@playwright/test";
import { addAgent } from "./support/agent";
import { addPerson, signIn } from "./support/people";
import { Server } from "./support/server";
import { apply, shopFor } from "./support/shop";

const KIB = 1024;
/** What the review screen may cost a phone on a slow line, as sent (compressed). */
const BUDGET = { overEmpty: 60 * KIB, inAll: 200 * KIB };

test("the review screen loads at most 60 KiB of JavaScript over an empty page, 200 KiB in all", async ({ page }) => {
  const server = await Server.start();
  try {
    const mara = addPerson(server, "Mara Wolf", "approver");
    const agent = addAgent(server, "support-bot", addPerson(server, "Ken Mori", "owner"));
    apply(server, shopFor("support-bot"));
    const { id } = await agent.ask({ tool: "users.delete", arguments: { id: "u_1" } });
    await signIn(page, server, mara);
    const empty = await scriptBytes(page, `${server.url}/there-is-no-such-page`, "Not here, or not yours to see");
    const review = await scriptBytes(page, `${server.url}/approvals/${id}`, "Who is asked");
    expect(empty).toBeGreaterThan(0);
    expect(review - empty).toBeLessThanOrEqual(BUDGET.overEmpty);
    expect(review).toBeLessThanOrEqual(BUDGET.inAll);
  } finally {
    await server.remove();
  }
});

/** Bytes of JavaScript on the wire for a page, with an empty cache, prefetches included. */
async function scriptBytes(page: Page, url: string, shows: string): Promise<number> {
  const client = await page.context().newCDPSession(page);
  const scripts = new Set<string>();
  let bytes = 0;
  await client.send("Network.enable");
  await client.send("Network.setCacheDisabled", { cacheDisabled: true });
  client.on("Network.responseReceived", ({ requestId, response }) => {
    if (response.mimeType.includes("javascript")) scripts.add(requestId);
  });
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await page.goto(url, { waitUntil: "load" });
  await expect(page.getByText(shows)).toBeVisible();
  await page.waitForTimeout(500);
  await client.detach();
  return bytes;
}
