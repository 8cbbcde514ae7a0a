// `npm run demo`: the example agent against the running server. It asks before every call to a small shop, and really calls
// it only after a yes.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";
import { startCrm } from "../examples/support/crm.mjs";
import { runAgent } from "../examples/support/agent.mjs";

if (process.argv.includes("--help") || process.argv.includes("-h")) {
  console.log(`npm run demo

Starts the example agent of examples/support against the running Licet (LICET_PUBLIC_URL, or http://localhost:LICET_PORT).
It asks before each of eight calls to a small shop of its own, waits for your decisions, and prints what became of each.`);
  process.exit(0);
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

async function main() {
  if (existsSync(join(root, ".env"))) process.loadEnvFile(join(root, ".env"));
  const url = process.env.LICET_PUBLIC_URL || `http://localhost:${process.env.LICET_PORT || 3000}`;
  if (!(await isUp(url))) throw new Error(`No Licet answers at ${url}. Start it first, in another terminal: npm start`);
  await prepare();
  const { key, can_decide: canDecide } = prepareAgent();
  if (!canDecide) throw new Error("Nobody can decide yet: open the set-up link that npm start printed, then run npm run demo again.");
  const crm = await startCrm();
  console.log(`\nsupport-bot works through two tickets of a small shop at ${crm.url}.`);
  console.log(`It asks Licet before every call. Decide at ${new URL("/inbox", url).href}\n`);
  const { done, refused } = await runAgent({ url, key }, crm.url, (line) => console.log(line));
  await crm.close();
  console.log(`\n${done} calls made, ${refused} refused. What happened is recorded: ${new URL("/inbox?tab=done", url).href}`);
  console.log(
    "Next: guard your own agent in a few lines (examples/guarded-call.*), its tools in a licet.yaml like examples/support/licet.yaml.",
  );
}

function isUp(url) {
  return fetch(new URL("/healthz", url)).then(
    (response) => response.ok,
    () => false,
  );
}

/** As the operator: the agent belongs to nobody who signs in, so that a newcomer who is alone may decide its requests. */
function prepareAgent() {
  const done = spawnSync(process.execPath, [join(root, "cli/licet.mjs"), "demo-agent", "--json"], { encoding: "utf8", env: process.env });
  if (done.status !== 0) throw new Error(done.stderr.trim() || "The example agent could not be made.");
  return JSON.parse(done.stdout);
}
