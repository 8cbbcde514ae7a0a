import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registerAgent } from "@/lib/catalog/agents";
import { addPerson } from "@/lib/people/members";
import { FIRST_TENANT } from "@/lib/people/setup";
import { openTestDatabase, type TestDatabase } from "@/tests/support/database";
import { OPERATOR, PASSWORD } from "@/tests/support/world";
import { applyManifest } from "./apply";
import { exportManifest } from "./export";
import { readManifest } from "./read";

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "licet-export-"));
  database = await openTestDatabase();
  const person = (name: string, role: "approver" | "owner") =>
    addPerson(FIRST_TENANT, OPERATOR, { name, email: `${name}@example.org`, roles: [role], password: PASSWORD });
  await person("kim", "approver");
  const owner = await person("ken", "owner");
  for (const name of ["bot", "second"])
    await registerAgent(FIRST_TENANT, OPERATOR, { name, owner, responsibility: "Answers customers.", out_of_scope: [] });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function apply(text: string) {
  const path = join(folder, "licet.yaml");
  await writeFile(path, text);
  return applyManifest(FIRST_TENANT, OPERATOR, await readManifest(path), false);
}

const FULL = `version: 1
tools:
  - name: repos.read
    action: read
    impact: record
    reversibility: reversible
    justification: "reads: nothing else"
    scope: repos:{owner}:read
    resource: repos/{owner}/{issue.number}
    mcp: { server: github, tool: get_issue }
    arguments:
      type: object
      properties: { owner: { type: string }, issue: { type: object, properties: { number: { type: integer } } } }
    cost: 0.25
    owner: ken@example.org
    pinned: { hash: ${"ab".repeat(32)}, description: "Gets an issue # no comment", annotations: { readOnlyHint: true } }
  - name: orders.refund
    title: Refund {amount}
    action: write
    impact: record
    reversibility: irreversible
    risk: low
    justification: |
      small amounts,
      says the ledger
    method: POST
    path: /orders/{id}/refunds
    arguments: { type: object, properties: { id: { type: string }, amount: { type: number } } }
    decisive: [amount]
    kinds: { amount: money }
chains:
  - name: default
    levels: [{ people: [kim@example.org], escalate_after: 90s }, { people: [kim@example.org] }]
grants:
  - { agent: bot, tool: orders.refund, justification: needed, expires_at: 2099-01-01T00:00:00Z }
  - { agent: bot, tool: repos.read, justification: needed }
stages:
  - { agent: second, stage: trial }
limits: { minute: 12, day: 300, tools: [{ match: { action: write }, cost: 100 }] }
policy: |
  # what we agreed on
  version: 1
  timeout: {low: 5m, medium: 15m, high: 5m}   # as before
  rules:
    - {name: asks, match: {action: [write, delete, invoke]}, effect: require_approval}
`;

it("comes back to the byte: applying what was exported changes nothing, and it is exported again as it was", async () => {
  await apply(FULL);
  const first = await exportManifest(FIRST_TENANT);
  const again = await apply(first);
  expect(again.changes.filter(({ change }) => change !== "unchanged")).toEqual([]);
  expect(await exportManifest(FIRST_TENANT)).toBe(first);
  expect(first).toContain("# what we agreed on");
  expect(first).toContain("expires_at: 2099-01-01T00:00:00.000Z");
});

it("holds everything: another install made from it exports the same", async () => {
  const exported = await exportManifest(FIRST_TENANT);
  const tool = "version: 1\ntools: [{ name: repos.read, action: delete, impact: external, reversibility: irreversible }]\n";
  await apply(`${tool}stages: [{ agent: second, stage: production }]\nlimits: { minute: 1 }\n`);
  expect(await exportManifest(FIRST_TENANT)).not.toBe(exported);
  await apply(exported);
  expect(await exportManifest(FIRST_TENANT)).toBe(exported);
});

it("takes the place of the policy's limits and of nothing else", async () => {
  await apply("version: 1\nlimits: { minute: 7 }\n");
  const { rows } = await database.admin.query<{ document: string }>("select document from policies order by version desc limit 1");
  expect(rows[0]?.document).toContain("# what we agreed on");
  expect(rows[0]?.document).toMatch(/limits:\s+minute: 7\n/);
  expect(rows[0]?.document).not.toContain("300");
});
