// How long the policy engine takes for one call: 200 rules, each with a match and a condition, none of which decides but
// the last. `npm run bench:policy` prints microseconds. Goal: p99 at most 1 000 for 200 rules.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { prepare, root } from "../scripts/prepare.mjs";

const RULES = Number(process.argv[2] ?? 200);
const WARM = 5_000;
const CALLS = 20_000;

await prepare();
const outfile = join(root, "dist/policy-bench.mjs");
await build({
  stdin: {
    contents: 'export { parsePolicy } from "@/lib/policy/parse"; export { evaluate } from "@/lib/policy/evaluate";',
    resolveDir: root,
  },
  ...{ outfile, bundle: true, platform: "node", format: "esm", packages: "external", tsconfig: join(root, "tsconfig.json") },
});
const { parsePolicy, evaluate } = await import(pathToFileURL(outfile).href);
rmSync(outfile);

const CONDITIONS = [
  (i) => `arguments.amount > ${10_000 + i}`,
  (i) => `arguments.to.exists(each, each == "p${i}@elsewhere.example")`,
  (i) => `has(arguments.note) && arguments.note.matches("secret-${i}")`,
  (i) => `recipients > ${100 + i} || facts.count >= ${1000 + i}`,
];

/** @param {boolean} narrow  each rule names tools of its own, as most do; otherwise every condition is worked out */
function policyOf(narrow) {
  const rules = Array.from({ length: RULES - 1 }, (_, i) => {
    const match = narrow && i % 10 ? `{tool: ["service${i}.*", tool${i}]}` : "{action: [write, invoke]}";
    return `  - {name: rule-${i}, match: ${match}, when: '${CONDITIONS[i % CONDITIONS.length](i)}', effect: require_approval}`;
  });
  return { version: 1, ...parsePolicy(`rules:\n${rules.join("\n")}\n  - {name: last, match: {}, effect: allow}\n`) };
}

const call = (i) => ({
  ...{
    agent: "bot",
    session: "s",
    notInspectable: [],
    resource: "/mail/1",
    held: ["mail:read"],
    facts: { count: 3 },
    now: new Date(1.78e12),
  },
  arguments: { amount: i % 100, to: ["a@example.org", "b@example.org", "c@example.org"], note: "as agreed on the phone" },
  tool: {
    ...{
      id: "t",
      name: "mail.send",
      version: 1,
      title: null,
      action: "invoke",
      impact: "record",
      reversibility: "reversible",
      risk: "low",
    },
    ...{
      justification: "needed",
      method: null,
      path: null,
      scope: "mail:send",
      arguments: null,
      decisive: [],
      sensitive: [],
      definitionHash: "",
    },
  },
});

for (const [name, policy] of [
  ["one rule in ten is for the tool", policyOf(true)],
  ["every rule is for the tool", policyOf(false)],
]) {
  const times = [];
  for (let i = 0; i < WARM + CALLS; i++) {
    const given = call(i);
    const start = performance.now();
    const { rule } = evaluate(policy, given);
    if (i >= WARM) times.push((performance.now() - start) * 1000);
    if (rule !== "last") throw new Error(`${rule} decided`);
  }
  times.sort((a, b) => a - b);
  const at = (share) => Math.round(times[Math.floor(times.length * share)]);
  console.log(`${RULES} rules, ${name}: p50 ${at(0.5)} µs, p99 ${at(0.99)} µs, p99.9 ${at(0.999)} µs (${CALLS} calls)`);
}
