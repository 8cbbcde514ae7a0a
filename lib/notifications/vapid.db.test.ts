import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { context, setContext } from "@/lib/platform/context";
import { openTestDatabase, type TestDatabase } from "@/tests/support/database";

let test: TestDatabase;

beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

/** The keys as a process of its own comes by them: nothing remembered. */
async function keysOfAnotherProcess() {
  vi.resetModules();
  Reflect.deleteProperty(globalThis, Symbol.for("licet vapid"));
  return (await import("./vapid")).vapidKeys;
}

it("is made once, however many processes want it first, kept sealed, and the same for all", async () => {
  const processes = [];
  for (let i = 0; i < 6; i++) processes.push(await keysOfAnotherProcess());
  const pairs = await Promise.all(processes.map((vapidKeys) => vapidKeys()));
  expect(new Set(pairs.map((pair) => JSON.stringify(pair))).size).toBe(1);
  const { rows } = await test.admin.query<{ name: string; value: string }>("select name, value from install_keys where name = 'vapid'");
  expect(rows).toHaveLength(1);
  const stored = Buffer.from(rows[0]?.value ?? "", "base64url").toString("latin1");
  expect(stored).not.toContain(pairs[0]?.privateKey);
  expect(rows[0]?.value).not.toContain(pairs[0]?.privateKey);
  expect(await (await keysOfAnotherProcess())()).toEqual(pairs[0]);
});

it("is not opened with another secret, and not made anew in its place either", async () => {
  const right = context();
  setContext({ ...right, secret: "another secret that is long enough" });
  const vapidKeys = await keysOfAnotherProcess();
  await expect(vapidKeys()).rejects.toThrow();
  setContext(right);
  // A failure is not remembered.
  expect((await vapidKeys()).publicKey).toMatch(/^[\w-]{87}$/);
});
