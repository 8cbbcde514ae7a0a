// `npm run demo`: the example agent against the running server. It asks before every call to a small shop, and really calls
// it only after a yes.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { prepare, root } from "./prepare.mjs";
import { startCrm } from "../examples/support/crm.mjs";
import { runAgent } from "../examples/support/agent.mjs";

const HELP = `npm run demo

Starts the example agent of examples/support against the running Licet (LICET_PUBLIC_URL, or http://localhost:LICET_PORT).
It asks before each of eight calls to a small shop of its own, waits for your decisions, and prints what became of each.
It ends by itself: what nobody decides is denied at its deadline. --once says what it does anyway: one run, then the end.

Example:
  npm run demo
  LICET_PORT=3100 npm run demo`;

const given = process.argv.slice(2).filter((option) => option !== "--once");
if (given.length) {
  const wanted = given.every((option) => option === "--help" || option === "-h");
  (wanted ? console.log : console.error)(wanted ? HELP : `${given.join(" ")} is not an option.\n\n${HELP}`);
  process.exit(wanted ? 0 : 2);
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function main() {
  if (existsSync(join(root, ".env"))) process.loadEnvFile(join(root, ".env"));
  const url = process.env.LICET_PUBLIC_URL || `http://localhost:${process.env.LICET_PORT || 3000}`;
  if (!(await isUp(url))) throw new Error(`No Licet answers at ${url}. Start it first, in another terminal: npm start`);
  await prepare();
  const { key } = await prepareAgent();
  await checkKey(url, key);
  const crm = await startCrm();
  try {
    console.log(`\nsupport-bot works through two tickets of a small shop at ${crm.url}.`);
    console.log(`It asks Licet before every call. Decide at ${new URL("/inbox", url).href}\n`);
    const { done, refused } = await runAgent({ url, key }, crm.url, (line) => console.log(line));
    console.log(`\n${done} calls made, ${refused} refused. What happened is recorded: ${new URL("/inbox?tab=done", url).href}`);
  } finally {
    await crm.close();
  }
  console.log(
    "Next: guard your own agent in a few lines (examples/guarded-call.*), its tools in a licet.yaml like examples/support/licet.yaml.",
  );
}

/** Once more when it fails: a connection that was kept may just have been closed. */
function get(url, headers = {}) {
  const once = () => fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  return once().catch(once);
}

function isUp(url) {
  return get(new URL("/healthz", url)).then(
    (response) => response.ok,
    () => false,
  );
}

/** As the operator: the agent belongs to nobody who signs in, so that a newcomer who is alone may decide its requests. */
async function prepareAgent() {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, "cli/licet.mjs"), "demo-agent", "--json"]);
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(error.stderr?.trim() || "The example agent could not be made.");
  }
}

/** The key was made in the database of this environment: is that the running server's? */
async function checkKey(url, key) {
  const response = await get(new URL("/api/v1/approvals?limit=1", url), { Authorization: `Bearer ${key}` });
  if (response.status !== 401) return;
  throw new Error(`The Licet at ${url} works on other data. Give npm run demo the same LICET_DATA_DIR or DATABASE_URL as npm start.`);
}
