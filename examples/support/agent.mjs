// The example agent: works through two tickets of a small shop. Every call is asked about first and really made only after
// a yes. What is refused is not done, and the work goes on.
import { ask } from "./licet-client.mjs";

/** What it wants to do, in order. A real agent's model would think this up step by step. */
const STEPS = [
  ["tickets.list", { state: "open" }, "see what waits"],
  ["tickets.read", { id: "t_8813" }, "the oldest ticket"],
  ["customers.read", { id: "u_48231" }, "who wrote ticket t_8813"],
  ["orders.refund", { id: "o_1201", amount: 129.5 }, "ticket t_8813: the lamp arrived broken"],
  [
    "mails.send",
    { to: "jo.park@example.com", subject: "Your lamp", body: "Dear Jo,\nwe are sorry that it arrived broken.\nThe support team" },
    "answer ticket t_8813",
  ],
  ["customers.export", {}, "it might be useful to have all customers"],
  ["tickets.read", { id: "t_8812" }, "the next ticket"],
  ["customers.delete", { id: "u_48213", cascade: true }, "ticket t_8812: the customer asks to be forgotten"],
];

/** How each tool is called: method, path, body. */
const CALLS = {
  "tickets.list": ({ state }) => ["GET", `/tickets?state=${encodeURIComponent(state)}`],
  "tickets.read": ({ id }) => ["GET", `/tickets/${encodeURIComponent(id)}`],
  "customers.read": ({ id }) => ["GET", `/customers/${encodeURIComponent(id)}`],
  "customers.export": () => ["GET", "/customers"],
  "customers.delete": ({ id }) => ["DELETE", `/customers/${encodeURIComponent(id)}`],
  "orders.refund": ({ id, amount }) => ["POST", `/orders/${encodeURIComponent(id)}/refunds`, { amount }],
  "mails.send": (mail) => ["POST", "/mails", mail],
};

/**
 * @param {{ url: string, key: string }} licet
 * @param {string} crm  the shop's address
 * @param {(line: string) => void} say
 * @returns {Promise<{ done: number, refused: number }>}
 */
export async function runAgent(licet, crm, say) {
  const session_id = `support-${crypto.randomUUID().slice(0, 8)}`;
  const count = { done: 0, refused: 0 };
  for (const [tool, args, reason] of STEPS) {
    const name = `${tool} ${clip(JSON.stringify(args), 60)}`;
    const onWaiting = ({ risk, seconds_left, links }) =>
      say(
        `  …  ${name}\n     ${risk.level} risk: a person must decide within ${inWords(seconds_left)}: ${new URL(links.review, licet.url).href}`,
      );
    const approval = await ask(licet, { tool, arguments: args, reason, session_id }, { onWaiting }).catch((error) => ({ error }));
    if (approval.status === "approved") {
      count.done += 1;
      const who = approval.decision.by === "person" ? "approved by a person" : "allowed by policy";
      say(`  ✓  ${name}\n     ${who}, called: ${await callCrm(crm, tool, args)}`);
    } else {
      count.refused += 1;
      say(`  ✗  ${name}\n     ${whyNot(approval)}; it was not called`);
    }
  }
  return count;
}

async function callCrm(crm, tool, args) {
  const [method, path, body] = CALLS[tool](args);
  try {
    const response = await fetch(crm + path, { method, ...(body ? { body: JSON.stringify(body) } : {}) });
    return `${response.status} ${clip(await response.text(), 70)}`;
  } catch (error) {
    return `the shop did not answer (${error.message})`;
  }
}

function whyNot({ error, status, decision }) {
  if (error) return `no decision: ${error.message}`;
  if (status === "expired") return "nobody answered in time: denied by silence";
  if (!decision) return `no decision, but “${plain(String(status))}”`;
  if (decision.by !== "person") return `denied: ${decision.reason.replaceAll("_", " ")}`;
  const words = [decision.deny_reason?.replaceAll("_", " "), decision.comment && `“${plain(decision.comment)}”`].filter(Boolean);
  return `denied by a person${words.length ? ` (${words.join(": ")})` : ""}`;
}

const inWords = (seconds) => (seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);

/** What others wrote must not steer the terminal. */
const plain = (text) => text.replace(/\p{C}+/gu, " ");

function clip(text, length) {
  const line = plain(text);
  return line.length > length ? `${line.slice(0, length)}…` : line;
}
