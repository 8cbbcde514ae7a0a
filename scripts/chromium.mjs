// Where a Chromium is: the one named by LICET_CHROMIUM, Playwright's own, or the system's.
import { existsSync } from "node:fs";

const SYSTEM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];

/** @returns {Promise<string | undefined>} the program's path, or undefined when there is none */
export async function findChromium() {
  if (process.env.LICET_CHROMIUM) return process.env.LICET_CHROMIUM;
  const { chromium } = await import("@playwright/test");
  return [chromium.executablePath(), ...SYSTEM].find((path) => path && existsSync(path));
}
