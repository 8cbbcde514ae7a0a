import { defineConfig } from "@playwright/test";
import { findChromium } from "./scripts/chromium.mjs";

const isRoot = process.getuid?.() === 0;

/** One browser, one worker: the tests measure nothing, but share two cores with a database and a server each. */
export default defineConfig({
  testDir: "e2e",
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: process.env.LICET_TEST_REPORT ? [["list"], ["json", { outputFile: process.env.LICET_TEST_REPORT }]] : "list",
  use: {
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: await findChromium(),
      // Chromium's sandbox does not run as root; the quiet flags keep it from calling anybody.
      args: [...(isRoot ? ["--no-sandbox"] : []), "--disable-background-networking", "--disable-component-update", "--no-first-run"],
    },
  },
});
