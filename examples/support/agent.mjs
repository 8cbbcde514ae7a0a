// The example agent: works through two tickets of a small shop. Every call is asked about first and really made only after
// a yes. What a person refuses is not done, and the work goes on.
import { ask } from "./licet-client.mjs";

const session_id = `support-${new Date().toISOString().slice(0, 16)}-${Math.random().toString(36).slice(2, 6)}`;

/** What it wants to do, in order. A real agent's model would think this up step by step. */
const STEPS = [
  ["tickets.list", { state: "open" }, "see what waits"],
  ["tickets.read", { id: "t_8813" }, "the oldest ticket"],
  ["customers.read", { id: "u_48231" }, "who wrote ticket t_8813"],
  ["orders.refund", { id: "o_1201", amount: 129.5 }, "ticket t_8813: the lamp arrived broken"],
  [
    "mails.send",
    { to: "jo.park@example.com", subject: "Your lamp", body: "Dear Jo,\nwe have sent your money back.\nThe support team" },
    "answer ticket t_8813",
  ],
  ["customers.export", {}, "it might be useful to have all customers"],
  ["tickets.read", { id: "t_8812" }, "the next ticket"],
  ["customers.delete", { id: "u_48213", cascade: true }, "ticket t_8812: the customer asks to be forgotten"],
];

const CALLS = {
  "tickets.list": ({ state }) => ["GET", `/tickets?state=${state}`],
  "tickets.read": ({ id }) => ["GET", `/tickets/${id}`],
  "customers.read": ({ id }) => ["GET", `/customers/${id}`],
  "customers.export": () => ["GET", "/customers"],
  "customers.delete": ({ id }) => ["DELETE", `/customers/${id}`],
  "orders.refund": ({ id, amount }) => ["POST", `/orders/${id}/refunds`, { amount }],
  "mails.send": (mail) => ["POST", "/mails", mail],
};

/**
 * @param {{ url: string, key: string }} licet
 * @param {string} crm  the shop's address
 * @param {(line: string) => void} say
 * @returns {Promise<{ done: number, refused: number }>}
 */
export async function runAgent(licet, crm, say) {
  let done = 0;
  let refused = 0;
  for (const [tool, args, reason] of STEPS) {
    const call = { tool, arguments: args, reason, session_id };
    const name = `${tool} ${JSON.stringify(args).slice(0, 60)}`;
    const approval = await ask(licet, call, {
      onWaiting: ({ links, seconds_left, risk }) =>
        say(
          `  …  ${name}\n     ${risk.level} risk, a person must decide within ${Math.round(seconds_left / 60)} min: ${new URL(links.review, licet.url).href}`,
        ),
    });
    if (approval.status !== "approved") {
      refused += 1;
      say(`  ✗  ${name}\n     ${whyNot(approval)}; it was not called`);
      continue;
    }
    const answer = await callCrm(crm, tool, args);
    done += 1;
    say(`  ✓  ${name}\n     ${approval.decision.by === "person" ? "approved by a person" : "allowed by policy"}, called: ${answer}`);
  }
  return { done, refused };
}

async function callCrm(crm, tool, args) {
  const [method, path, body] = CALLS[tool](args);
  const response = await fetch(crm + path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
  return `${response.status} ${(await response.text()).slice(0, 70)}`;
}

function whyNot({ status, decision }) {
  if (status === "expired") return "nobody answered in time: denied by silence";
  const words = [decision.deny_reason?.replaceAll("_", " "), decision.comment && `“${decision.comment}”`].filter(Boolean).join(": ");
  return decision.by === "person" ? `denied by a person${words ? ` (${words})` : ""}` : `denied: ${decision.reason.replaceAll("_", " ")}`;
}
