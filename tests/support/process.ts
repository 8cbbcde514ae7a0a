import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { projectRoot } from "@/lib/platform/root";
import { TEST_SECRET } from "./database";

/** A real server process of its own on a test's database. */
export interface ServerProcess {
  url: string;
  /** SIGKILL: no handler runs. Resolves when it is dead. */
  kill(): Promise<void>;
  /** SIGTERM, as an operator stops it; its exit code. */
  stop(): Promise<number | null>;
}

let bundled: Promise<string> | null = null;

/** Bundled as scripts/prepare.mjs does it; below the project, where its packages are found. */
async function bundle(): Promise<string> {
  const outfile = join(projectRoot(), "dist/test-server.mjs");
  await build({
    entryPoints: [join(projectRoot(), "tests/support/server-process.ts")],
    absWorkingDir: projectRoot(),
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  return outfile;
}

/** @param databaseUrl  as an operator gives it: the migrator's */
export async function startServer(databaseUrl: string, environment: Record<string, string> = {}): Promise<ServerProcess> {
  bundled ??= bundle();
  const port = await freePort();
  const child = spawn(process.execPath, [await bundled], {
    cwd: projectRoot(),
    env: {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      LICET_ROOT: projectRoot(),
      DATABASE_URL: databaseUrl,
      LICET_SECRET: TEST_SECRET,
      LICET_PORT: String(port),
      LICET_LOG_LEVEL: "error",
      ...environment,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await ready(child);
  const ended = new Promise<number | null>((done) => child.once("exit", done));
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return { url: `http://127.0.0.1:${port}`, kill: async () => void (await end("SIGKILL")), stop: () => end("SIGTERM") };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("exit", (code) => fail(new Error(`The server ended with ${code} before it was ready.`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("ready")) done();
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => done(port));
    });
  });
}
