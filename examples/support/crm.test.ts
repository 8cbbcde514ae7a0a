import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCrm } from "./crm.mjs";

let crm: Awaited<ReturnType<typeof startCrm>>;
beforeEach(async () => {
  crm = await startCrm();
});
afterEach(() => crm.close());

async function call(method: string, path: string, body?: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(crm.url + path, { method, ...(text === undefined ? {} : { body: text }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("the example shop", () => {
  it("starts with the same records every time, on the loopback alone", async () => {
    expect(crm.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await call("GET", "/tickets?state=open")).body).toHaveLength(2);
    expect(await call("GET", "/customers/u_48213")).toMatchObject({ status: 200, body: { name: "Ana Ruiz" } });
  });

  it("sends, refunds and deletes, and holds what it did", async () => {
    expect(await call("POST", "/mails", { to: "jo.park@example.com" })).toEqual({ status: 201, body: { sent: true } });
    expect(await call("POST", "/orders/o_1201/refunds", { amount: 100 })).toMatchObject({ status: 201, body: { refunded: 100 } });
    expect(await call("DELETE", "/customers/u_48213")).toEqual({ status: 200, body: { deleted: "u_48213" } });
    expect(crm.data).toMatchObject({ mails: [{ to: "jo.park@example.com" }], orders: { o_1201: { refunded: 100 } } });
    expect(Object.keys(crm.data.customers)).toEqual(["u_48231"]);
  });

  it.each([
    ["a record that is not there", "GET", "/tickets/t_1", undefined, 404],
    ["a name every object has", "GET", "/tickets/constructor", undefined, 404],
    ["a kind that is not there", "GET", "/constructor", undefined, 404],
    ["what it cannot do", "DELETE", "/tickets/t_8812", undefined, 405],
    ["a refund of more than was paid", "POST", "/orders/o_1201/refunds", { amount: 130 }, 409],
    ["a refund of nothing", "POST", "/orders/o_1201/refunds", {}, 400],
    ["what is not JSON", "POST", "/mails", "{", 400],
  ])("refuses %s, and changes nothing", async (_what, method, path, body, status) => {
    const before = structuredClone(crm.data);
    expect((await call(method, path, body)).status).toBe(status);
    expect(crm.data).toEqual(before);
  });
});
