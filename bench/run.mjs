// `npm run bench`: Licet beside the limit program (bench/limit.mjs) in the same run, on the same PostgreSQL, in turns, as
// ratios: the machine is shared, so an absolute number means little. Prints a table and writes docs/benchmarks.json.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, readFileSync, existsSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
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
  const LIMIT = 4101;
  const LICET = 4102;
  await start(["bench/limit.mjs", databaseUrl, String(LIMIT), "16"], /ready/);
  await start(["dist/main.mjs"], /ready/, {
    DATABASE_URL: databaseUrl,
    LICET_SECRET: SECRET,
    LICET_PORT: String(LICET),
    LICET_DATA_DIR: folder,
    LICET_LOG_LEVEL: "error",
    NODE_ENV: "production",
  });

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
    const counts = { limit: [], licet: [] };
    load({ port: LICET, kind, connections, seconds: 2, targets: ours }); // warm
    load({ port: LIMIT, kind, connections, seconds: 1, targets: bare });
    for (let round = 0; round < ROUNDS; round++) {
      counts.limit.push(load({ port: LIMIT, kind, connections, seconds: SECONDS, targets: bare }));
      counts.licet.push(load({ port: LICET, kind, connections, seconds: SECONDS, targets: ours }));
    }
    const ratios = counts.licet.map((value, i) => value / counts.limit[i]).sort((a, b) => a - b);
    const ratio = ratios[Math.floor(ratios.length / 2)];
    results.push({ name, connections, limitPerSecond: median(counts.limit), licetPerSecond: median(counts.licet), ratio, ratios, reach });
    console.log(
      `${name}, ${connections} connections: ${Math.round(median(counts.licet))}/s beside ${Math.round(median(counts.limit))}/s = ${(ratio * 100).toFixed(0)} % (${ratios.map((r) => (r * 100).toFixed(0)).join(", ")})${reach ? `, to reach ${reach * 100} %` : ""}`,
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
  const { perSecond, wrong } = JSON.parse(done.stdout);
  if (wrong) throw new Error(`${wrong} answers were not what they should be.`);
  return perSecond;
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
