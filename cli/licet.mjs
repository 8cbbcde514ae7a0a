#!/usr/bin/env node
// The licet command: makes sure that what it needs is installed and built, then runs cli/main.ts.
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { realpathSync } from "node:fs";

const root = resolve(dirname(realpathSync(fileURLToPath(import.meta.url))), "..");
const typedIn = process.cwd();
process.env.LICET_ROOT = root;
// The server's log goes to stdout; the command's stdout is its answer.
process.env.LICET_LOG_LEVEL = "silent";
try {
  const { prepare } = await import("../scripts/prepare.mjs");
  await prepare();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
// Files are named from where the command was typed.
process.chdir(typedIn);
await import("../dist/cli.mjs");
