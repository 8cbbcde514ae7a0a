// `npm test`: installs what tests need, runs everything a change must pass, and ends with "N passed, N failed".
// `--only check|unit|integration|guarantees|e2e` runs that part alone.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

const PARTS = ["check", "unit", "integration", "guarantees", "e2e"];

const CHECKS = {
  types: ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "."],
  lint: ["node_modules/eslint/bin/eslint.js", "--max-warnings", "0", "."],
  format: ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."],
  unused: ["node_modules/knip/bin/knip.js"],
};

const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : null;
if (process.argv.includes("--help") || (only !== null && !PARTS.includes(only))) {
  console.log(
    `npm test [-- --only ${PARTS.join("|")}]\n\nInstalls what tests need and runs everything a change must pass.
With DATABASE_URL set (a superuser's), integration and guarantees make their databases on that PostgreSQL.`,
  );
  process.exit(process.argv.includes("--help") ? 0 : 2);
}

// The tests make databases of their own on the server that DATABASE_URL names, and leave the one it names alone
// (tests/support/cluster.ts). What they start must not find it: it would migrate that one.
const { DATABASE_URL: given, ...environment } = process.env;
if (given) environment.LICET_TEST_DATABASE_URL ??= given;

// Whatever the tests write for a while lies in here, so that what an interrupted run leaves behind can be found.
const folder = mkdtempSync(join(tmpdir(), "licet-test-"));
chmodSync(folder, 0o711); // PostgreSQL must reach its data, and does not run as root
environment.TMPDIR = environment.TMP = environment.TEMP = join(folder, "tmp");
mkdirSync(environment.TMPDIR, { mode: 0o711 });

const children = new Set();
let stopped = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    if (stopped) return; // they are cleaning up
    stopped = true;
    for (const child of children) child.kill(signal);
  });
}

const total = { passed: 0, failed: 0 };
try {
  const wants = (part) => only === null || only === part;
  await prepare({ dev: true, pages: wants("e2e") });
  if (wants("e2e")) await ensureChromium();
  if (wants("check")) for (const [name, parameters] of Object.entries(CHECKS)) await check(name, parameters);
  for (const project of ["unit", "integration", "guarantees"]) if (wants(project)) await vitest(project);
  if (wants("e2e")) await playwright();
} catch (error) {
  console.error(error.message);
  total.failed += 1;
} finally {
  cleanUp();
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

async function check(name, parameters) {
  heading(name);
  const ok = (await run(parameters)) === 0;
  count(ok ? 1 : 0, ok ? 0 : 1);
}

async function vitest(project) {
  heading(project);
  const report = join(folder, `${project}.json`);
  const code = await run([
    "node_modules/vitest/vitest.mjs",
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  const { numPassedTests, numFailedTests, numFailedTestSuites } = readReport(report);
  judge(code, numPassedTests ?? 0, Math.max(numFailedTests ?? 0, numFailedTestSuites ? 1 : 0));
}

async function playwright() {
  heading("e2e");
  const report = join(folder, "e2e.json");
  const code = await run(["node_modules/@playwright/test/cli.js", "test"], { LICET_TEST_REPORT: report });
  const { stats } = readReport(report);
  judge(code, stats?.expected ?? 0, (stats?.unexpected ?? 0) + (stats?.flaky ?? 0));
}

/** A part that ran nothing, or that ended badly without naming a test, failed. */
function judge(code, passed, failed) {
  count(passed, failed === 0 && (code !== 0 || passed === 0) ? 1 : failed);
}

function count(passed, failed) {
  total.passed += passed;
  total.failed += failed;
}

function readReport(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}

function heading(text) {
  console.log(`\n── ${text}`);
}

/** @returns {Promise<number>} the exit code */
function run(parameters, further = {}) {
  if (stopped) throw new Error("Stopped before the end.");
  return new Promise((done) => {
    const child = spawn(process.execPath, parameters, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...environment, ...further },
      detached: process.platform !== "win32", // a group of its own, that ends whole
    });
    children.add(child);
    child.once("exit", (code) => {
      children.delete(child);
      endGroup(child.pid);
      done(code ?? 1);
    });
  });
}

/** Servers that tests started outlive a runner that was interrupted. */
function endGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // nobody is left in it, as it should be
  }
}

/** So do the embedded PostgreSQLs, which are in no group of ours. Their data is thrown away: no checkpoint. */
function cleanUp() {
  try {
    const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith("postmaster.pid"));
    for (const name of names) {
      const [pid, data] = readFileSync(join(folder, name), "utf8").split("\n");
      if (commandOf(pid).includes(data)) process.kill(Number(pid), "SIGQUIT");
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  } catch (error) {
    console.error(`${folder} could not be removed: ${error.message}`);
  }
}

function commandOf(pid) {
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) ? readFileSync(path, "utf8") : spawnSync("ps", ["-o", "args=", "-p", pid], { encoding: "utf8" }).stdout;
}

/** One that is there; else the system's package where we may install it; else Playwright's own download. */
async function ensureChromium() {
  const { findChromium } = await import("./chromium.mjs");
  if (await findChromium()) return;
  console.log("Installing Chromium for the browser tests …");
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const apt = (...parameters) =>
      spawnSync("apt-get", parameters, { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
    apt("update", "-qq");
    apt("install", "-y", "-qq", "chromium");
  }
  if (await findChromium()) return;
  spawnSync(process.execPath, ["node_modules/@playwright/test/cli.js", "install", "chromium"], { cwd: root, stdio: "inherit" });
  if (!(await findChromium())) throw new Error("No Chromium could be found or installed. Install one and set LICET_CHROMIUM to its path.");
}
