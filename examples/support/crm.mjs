// A small customer database with an HTTP interface: what the example agent works on. It knows nothing of Licet.
import { createServer } from "node:http";

const seed = () => ({
  tickets: {
    t_8812: { id: "t_8812", state: "open", customer: "u_48213", text: "Please delete my account and everything about me." },
    t_8813: { id: "t_8813", state: "open", customer: "u_48231", text: "The lamp of order o_1201 arrived broken." },
    t_8790: { id: "t_8790", state: "closed", customer: "u_48231", text: "Where is my parcel?" },
  },
  customers: {
    u_48213: { id: "u_48213", name: "Ana Ruiz", email: "ana.ruiz@example.com", since: 2019 },
    u_48231: { id: "u_48231", name: "Jo Park", email: "jo.park@example.com", since: 2022 },
  },
  orders: { o_1201: { id: "o_1201", customer: "u_48231", paid: 129.5, refunded: 0 } },
  mails: [],
});

/**
 * Starts it on 127.0.0.1.
 * @param {number} [port]  0: a free one
 * @returns {Promise<{ url: string, data: ReturnType<typeof seed>, close(): Promise<void> }>} `data` is what it holds now
 */
export async function startCrm(port = 0) {
  const data = seed();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://crm");
    const body = await readJson(request);
    const [status, answer] =
      body === null ? [400, { error: "that is not JSON" }] : handle(data, request.method, pathname.split("/").slice(1), searchParams, body);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    data,
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}

function handle(data, method, [kind, id, action], query, body) {
  if (!["tickets", "customers", "orders", "mails"].includes(kind)) return [404, { error: "there is no such record" }];
  if (id === undefined) {
    if (method === "POST" && kind === "mails") return [201, data.mails.push(body) && { sent: true }];
    if (method !== "GET") return [405, { error: "it cannot do that" }];
    const state = query.get("state");
    return [200, Object.values(data[kind]).filter((record) => state === null || record.state === state)];
  }
  if (!Object.hasOwn(data[kind], id)) return [404, { error: "there is no such record" }];
  const record = data[kind][id];
  if (method === "GET" && action === undefined) return [200, record];
  if (method === "DELETE" && kind === "customers") return [200, delete data.customers[id] && { deleted: id }];
  if (method === "POST" && kind === "orders" && action === "refunds") return refund(record, body.amount);
  return [405, { error: "it cannot do that" }];
}

function refund(order, amount) {
  if (!(amount > 0)) return [400, { error: "amount must be more than 0" }];
  if (amount > order.paid - order.refunded) return [409, { error: "that is more than is left of what was paid" }];
  order.refunded += amount;
  return [201, order];
}

/** An empty body is {}; null: it is not a JSON object. */
async function readJson(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  try {
    const body = JSON.parse(text || "{}");
    return typeof body === "object" ? body : null;
  } catch {
    return null;
  }
}
