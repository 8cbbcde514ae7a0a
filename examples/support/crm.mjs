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

/** @returns {Promise<{ url: string, data: ReturnType<typeof seed>, close(): Promise<void> }>} `data` is what it holds now */
export async function startCrm(port = 0) {
  const data = seed();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://crm");
    const [status, body] = handle(data, request.method, pathname.split("/").slice(1), searchParams, await readJson(request));
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    data,
    close: () => new Promise((done) => server.close(done)),
  };
}

function handle(data, method, [kind, id, action], query, body) {
  const record = Object.hasOwn(data, kind) && id !== undefined ? data[kind][id] : undefined;
  if (method === "GET" && kind === "tickets" && id === undefined) {
    return [200, Object.values(data.tickets).filter((ticket) => ticket.state === query.get("state"))];
  }
  if (method === "GET" && kind === "customers" && id === undefined) return [200, Object.values(data.customers)];
  if (method === "POST" && kind === "mails") return [201, data.mails.push(body) && { sent: true }];
  if (!record) return [404, { error: "there is no such record" }];
  if (method === "GET") return [200, record];
  if (method === "DELETE" && kind === "customers") return [200, delete data.customers[id] && { deleted: id }];
  if (method === "POST" && kind === "orders" && action === "refunds") {
    record.refunded += body.amount;
    return [201, record];
  }
  return [405, { error: "it cannot do that" }];
}

async function readJson(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}
