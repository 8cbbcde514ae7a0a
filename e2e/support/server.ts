import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** A real Licet of its own: the built server on a free port, with its own embedded PostgreSQL in a temporary folder. */
export class Server {
  private constructor(
    private readonly environment: Record<string, string>,
    private readonly folder: string,
    readonly url: string,
    private child: ChildProcess,
    /** The one-time link that the first start printed. */
    readonly setupLink: string,
  ) {}

  static async start(extra: Record<string, string> = {}): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), "licet-e2e-"));
    const port = await freePort();
    const environment = {
      LICET_PORT: String(port),
      LICET_DATA_DIR: folder,
      LICET_LOG_LEVEL: "error",
      LICET_PUBLIC_URL: `http://localhost:${port}`,
      NODE_ENV: "production",
      DATABASE_URL: "",
      ...extra,
    };
    const { child, link } = await run(environment);
    return new Server(environment, folder, environment.LICET_PUBLIC_URL, child, link);
  }

  /** SIGTERM, as an operator would; the data stays. */
  async stop(): Promise<void> {
    await end(this.child, "SIGTERM");
  }

  async restart(): Promise<void> {
    await this.stop();
    this.child = (await run(this.environment)).child;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** `npx licet …` on the server's own host. @returns what it printed as JSON */
  licet<T>(parameters: string[], input = ""): T {
    const done = spawnSync(process.execPath, [join(root, "cli/licet.mjs"), ...parameters, "--json"], {
      encoding: "utf8",
      input,
      env: { ...process.env, ...this.environment },
    });
    if (done.status !== 0) throw new Error(`licet ${parameters.join(" ")}: ${done.stderr}`);
    return JSON.parse(done.stdout) as T;
  }
}

function run(environment: Record<string, string>): Promise<{ child: ChildProcess; link: string }> {
  const child = spawn(process.execPath, [join(root, "scripts/start.mjs")], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((done, fail) => {
    let said = "";
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const link = /http:\/\/\S+\/setup\/\S+/.exec(said)?.[0];
      // After the first admin no link is printed any more.
      if (link ?? /is ready at.*\n/.test(said))
        setTimeout(() => done({ child, link: /http:\/\/\S+\/setup\/\S+/.exec(said)?.[0] ?? "" }), 50);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => fail(new Error(`The server ended with ${code}:\n${said}`)));
  });
}

function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    child.once("exit", () => done());
    child.kill(signal);
  });
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => done(port));
    });
  });
}
