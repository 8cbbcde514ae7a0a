// What every command needs before it can run, done only when something changed: packages, Prisma's client, the bundles
// of server and CLI, and (for the server) the pages. Uses Node's own modules only: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const OLDEST_NODE = [20, 19];

/** @param {{ pages?: boolean, dev?: boolean }} what  pages: build them too; dev: install the development tools too */
export async function prepare({ pages = false, dev = false } = {}) {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new Error(`Node.js ${OLDEST_NODE.join(".")} or newer is needed; this is ${process.versions.node}.`);
  }
  process.chdir(root);
  process.env.LICET_ROOT ??= root;
  await locked(join(root, "node_modules.lock"), async () => {
    install(dev);
    generate();
    await bundle();
    if (pages) build();
  });
}

function install(dev) {
  const stamp = join(root, "node_modules/.licet-installed");
  const wanted = hash(["package-lock.json"]);
  const [have, how] = read(stamp).split(" ");
  if (have === wanted && (how === "all" || !dev)) return;
  // What a developer installed by hand is complete, too.
  const all = dev || how === "all" || existsSync(join(root, "node_modules/vitest"));
  // Said in both cases: with NODE_ENV=production npm would take the development tools away.
  const options = ["--no-audit", "--no-fund", "--loglevel=error", all ? "--include=dev" : "--omit=dev"];
  step("Installing packages", () => run("npm", ["install", ...options], {}));
  writeFileSync(stamp, `${hash(["package-lock.json"])} ${all ? "all" : "production"}`);
}

/** Prisma's client, from prisma/schema.prisma. The engine it would download is only needed for migrations of its own. */
function generate() {
  const stamp = join(root, "lib/db/generated/.stamp");
  const wanted = hash(["prisma/schema.prisma", "package-lock.json"]);
  if (read(stamp) === wanted) return;
  run(process.execPath, [join(root, "node_modules/prisma/build/index.js"), "generate"], {
    PRISMA_SCHEMA_ENGINE_BINARY: process.platform === "win32" ? "false" : "/usr/bin/false",
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
  });
  writeFileSync(stamp, wanted);
}

/** Server, worker and CLI: milliseconds, so always. */
async function bundle() {
  const { build, stop } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: { main: "server/main.ts", worker: "server/worker.ts", cli: "cli/main.ts" },
    absWorkingDir: root,
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: "linked",
    logLevel: "warning",
    write: false,
  });
  // Its service is a process that would otherwise stay for as long as the server does.
  await stop();
  // Put in place whole: another command may be reading the one that is there.
  mkdirSync(join(root, "dist"), { recursive: true });
  for (const { path, contents } of outputFiles) {
    if (existsSync(path) && readFileSync(path).equals(contents)) continue;
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  }
}

function build() {
  const stamp = join(root, ".next/licet-built");
  const wanted = hash([
    "app",
    "components",
    "lib",
    "public",
    "next.config.mjs",
    "postcss.config.mjs",
    "tsconfig.json",
    "package-lock.json",
  ]);
  if (read(stamp) === wanted) return;
  step("Building the pages", () =>
    run(process.execPath, [join(root, "node_modules/next/dist/bin/next"), "build"], {
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
    }),
  );
  writeFileSync(stamp, wanted);
}

const say = (text) => process.stderr.write(text);

/** What takes long is said before it starts, and how long it took after. */
function step(text, work) {
  say(`${text} … `);
  const from = performance.now();
  try {
    work();
  } catch (error) {
    say("failed\n");
    throw error;
  }
  say(`${Math.max(1, Math.round((performance.now() - from) / 1000))} s\n`);
}

function run(command, parameters, environment) {
  const done = spawnSync(command, parameters, {
    cwd: root,
    env: { ...process.env, ...environment },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32" && command === "npm",
  });
  if (done.status === 0) return;
  throw new Error(`${command} ${parameters.join(" ")} failed:\n${done.stdout ?? ""}${done.stderr ?? ""}${done.error?.message ?? ""}`);
}

/** One digest over files and folders, by name and content. */
function hash(paths) {
  const digest = createHash("sha256");
  for (const path of paths.flatMap(list))
    digest
      .update(path)
      .update("\0")
      .update(readFileSync(join(root, path)))
      .update("\0");
  return digest.digest("hex");
}

function list(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter((entry) => !/\.(test|db\.test)\.tsx?$/.test(entry.name) && entry.name !== ".stamp")
    .flatMap((entry) => list(join(path, entry.name)));
}

const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : "");

/** Several commands started at once prepare one after the other. A lock whose process is gone is taken over. */
async function locked(path, work) {
  for (let waited = 0; ; waited += 1) {
    try {
      mkdirSync(path);
      writeFileSync(join(path, "pid"), String(process.pid));
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = Number(read(join(path, "pid")));
    if (holder && !isAlive(holder)) rmSync(path, { recursive: true, force: true });
    else {
      if (waited === 10) say(`Waiting for another command to finish preparing (process ${holder || "unknown"}) …\n`);
      await new Promise((done) => setTimeout(done, 200));
    }
  }
  try {
    await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
