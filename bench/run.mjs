// `npm run bench`: Licet beside the limit program (bench/limit.mjs), with plain and with prepared statements, in the same
// run, on the same PostgreSQL, in turns, as ratios: the machine is shared, so an absolute number means little. Beside the
// throughput the CPU time that each request takes. Prints a line for each and writes docs/benchmarks.json.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, readFileSync, existsSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import pg from "pg";
import { cpuTime, parentOf } from "./cpu.mjs";
import { prepare, root } from "../scripts/prepare.mjs";

const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SECRET = "a secret for the benchmark, long enough";
const only = process.argv[2];

await prepare({ pages: true, dev: true });
await build({
  entryPoints: { "bench-world": "bench/world.ts", "bench-cluster": "bench/cluster.ts" },
  outdir: "dist",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  packages: "external",
  logLevel: "warning",
});

const folder = mkdtempSync(join(tmpdir(), "licet-bench-"));
const children = [];
try {
  const cluster = await start(["dist/bench-cluster.mjs", folder], /^postgres/);
  const databaseUrl = cluster.line;
  const world = JSON.parse(
    spawnSync(process.execPath, ["dist/bench-world.mjs", databaseUrl, "32"], {
      encoding: "utf8",
      env: { ...process.env, LICET_SECRET: SECRET },
      stdio: ["ignore", "pipe", "inherit"],
    }).stdout,
  );
  const postmaster = await postmasterOf(databaseUrl);
  const programs = {
    plain: { port: 4101, ...(await start(["bench/limit.mjs", databaseUrl, "4101", "16", "plain"], /ready/)) },
    prepared: { port: 4103, ...(await start(["bench/limit.mjs", databaseUrl, "4103", "16", "prepared"], /ready/)) },
    licet: {
      port: 4102,
      ...(await start(["dist/main.mjs"], /ready/, {
        DATABASE_URL: databaseUrl,
        LICET_SECRET: SECRET,
        LICET_PORT: "4102",
        LICET_DATA_DIR: folder,
        LICET_LOG_LEVEL: "error",
        NODE_ENV: "production",
      })),
    },
  };

  const bare = [
    {
      tool: "tickets.read",
      askPath: "/ask",
      waitPath: "/wait/{id}",
      decidePath: "/decide/{id}",
      agentHeaders: "",
      personHeaders: "",
      expected: "pending",
    },
  ];
  const targets = (tool, expected) =>
    world.map(({ key, cookie }) => ({
      tool,
      expected,
      askPath: "/api/v1/approvals",
      waitPath: "/api/v1/approvals/{id}",
      decidePath: "/api/v1/approvals/{id}/decision",
      agentHeaders: `authorization: Bearer ${key}\r\n`,
      personHeaders: `cookie: ${cookie}\r\n`,
    }));
  const scenarios = [];
  for (const connections of [32, 16]) {
    scenarios.push({ name: "ask, one tenant", kind: "ask", connections, ours: targets("tickets.read", "approved").slice(0, 1), reach: 1 });
    scenarios.push({ name: "ask, 32 tenants", kind: "ask", connections, ours: targets("tickets.read", "approved"), reach: null });
    scenarios.push({
      name: "cycle, one tenant",
      kind: "cycle",
      connections,
      ours: targets("tickets.note", "pending").slice(0, 1),
      reach: 0.6,
    });
  }
  const results = [];
  for (const { name, kind, connections, ours, reach } of scenarios.filter((scenario) => !only || scenario.name.includes(only))) {
    const runs = { plain: [], prepared: [], licet: [] };
    for (let round = -1; round < ROUNDS; round++) {
      for (const [program, { port, child }] of Object.entries(programs)) {
        const seconds = round < 0 ? 2 : SECONDS; // the first round only warms
        const before = { node: cpuTime(child.pid), postgres: cpuTime(postmaster) };
        const { count, perSecond } = load({ port, kind, connections, seconds, targets: program === "licet" ? ours : bare });
        const spent = (which, pid) => (before[which] === null ? null : (cpuTime(pid) - before[which]) / count);
        if (round >= 0) runs[program].push({ perSecond, node: spent("node", child.pid), postgres: spent("postgres", postmaster) });
      }
    }
    const ratios = (of) => runs.licet.map((run, i) => run.perSecond / runs[of][i].perSecond).sort((a, b) => a - b);
    const programsMeasured = Object.fromEntries(Object.entries(runs).map(([program, list]) => [program, summary(list)]));
    const result = { name, connections, ...programsMeasured, ofPlain: ratios("plain"), ofPrepared: ratios("prepared"), reach };
    results.push(result);
    console.log(
      `${name}, ${connections} connections: ${result.licet.perSecond}/s = ${percent(result.ofPlain)} of the limit with plain statements (${result.plain.perSecond}/s), ` +
        `${percent(result.ofPrepared)} with prepared ones (${result.prepared.perSecond}/s)${reach ? `, to reach ${reach * 100} %` : ""}; ` +
        `CPU µs a request: ${Object.entries(programsMeasured)
          .map(([program, { node, postgres }]) => `${program} ${node} + ${postgres}`)
          .join(", ")}`,
    );
  }
  if (!only) {
    const machine = {
      cpus: cpus().length,
      model: cpus()[0]?.model,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.versions.node,
      seconds: SECONDS,
      rounds: ROUNDS,
    };
    writeFileSync(join(root, "docs/benchmarks.json"), `${JSON.stringify({ machine, results }, null, 2)}\n`);
  }
} finally {
  for (const child of children.reverse()) {
    child.kill("SIGTERM");
    await new Promise((done) => child.once("exit", done));
  }
  const location = join(folder, "location.json");
  if (existsSync(location)) rmSync(join(JSON.parse(readFileSync(location, "utf8")).data, ".."), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
}

function load(options) {
  const done = spawnSync(process.execPath, ["bench/load.mjs", JSON.stringify(options)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { count, perSecond, wrong } = JSON.parse(done.stdout);
  if (wrong) throw new Error(`${wrong} answers were not what they should be.`);
  return { count, perSecond };
}

/** Medians, rounded; CPU in microseconds a request, null where it cannot be measured. */
function summary(list) {
  const of = (name) => (list.some((run) => run[name] === null) ? null : Math.round(median(list.map((run) => run[name]))));
  return { perSecond: of("perSecond"), node: of("node"), postgres: of("postgres") };
}

function percent(ratios) {
  return `${(median(ratios) * 100).toFixed(0)} %`;
}

async function postmasterOf(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("select pg_backend_pid() as pid");
  const pid = parentOf(rows[0].pid);
  await client.end();
  return pid;
}

function start(parameters, ready, environment = {}) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, parameters, {
      cwd: root,
      env: { ...process.env, LICET_ROOT: root, ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    child.once("exit", (code) => fail(new Error(`${parameters[0]} ended with ${code}`)));
    child.stdout.on("data", (chunk) => {
      const line = String(chunk)
        .split("\n")
        .find((text) => ready.test(text));
      if (line !== undefined || ready.test(String(chunk))) done({ child, line: (line ?? "").trim() });
    });
  });
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
