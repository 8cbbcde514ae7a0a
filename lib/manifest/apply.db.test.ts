import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decideChange } from "@/lib/changes/decide";
import { readChange } from "@/lib/changes/read";
import { authenticateSession, openSession } from "@/lib/people/session";
import { registerAgent } from "@/lib/catalog/agents";
import { listGrants } from "@/lib/catalog/grants";
import { listTools } from "@/lib/catalog/tools";
import { listChains, readTimeouts } from "@/lib/escalation/chains";
import { addPerson } from "@/lib/people/members";
import type { Role } from "@/lib/people/roles";
import { FIRST_TENANT } from "@/lib/people/setup";
import { readPolicy } from "@/lib/policy/policies";
import { openTestDatabase, type TestDatabase } from "@/tests/support/database";
import { OPERATOR, PASSWORD } from "@/tests/support/world";
import { applyManifest } from "./apply";
import { readManifest } from "./read";

let folder: string;
let database: TestDatabase;
let agentId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "licet-manifest-"));
  database = await openTestDatabase();
  const person = (name: string, role: Role) =>
    addPerson(FIRST_TENANT, OPERATOR, { name, email: `${name}@example.org`, roles: [role], password: PASSWORD });
  await person("kim", "approver");
  await person("ana", "security_officer");
  const owner = await person("ken", "owner");
  agentId = await registerAgent(FIRST_TENANT, OPERATOR, { name: "bot", owner, responsibility: "Answers.", out_of_scope: ["payments.*"] });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function apply(text: string, dryRun = false) {
  const path = join(folder, "licet.yaml");
  await writeFile(path, text);
  return applyManifest(FIRST_TENANT, OPERATOR, await readManifest(path), dryRun);
}

/** Everything a manifest can change, and how often it was recorded. */
async function state() {
  const { rows } = await database.admin.query(
    `select (select json_agg(t order by t.id) from tools t) as tools, (select json_agg(v order by v.tool_id, v.version) from tool_versions v) as versions,
       (select json_agg(g order by g.id) from grants g) as grants, (select json_agg(c order by c.chain_id, c.version) from chain_versions c) as chains,
       (select json_agg(p order by p.version) from policies p) as policies, (select count(*)::int from audit_records) as records`,
  );
  return rows[0] as Record<string, unknown>;
}

const FULL = `
version: 1
tools:
  - name: users.delete
    action: delete
    impact: record
    reversibility: irreversible
    method: DELETE
    path: /users/{id}
    scope: users:erase
    justification: GDPR
    arguments:
      type: object
      properties: { id: { type: string }, by: { type: object, properties: { team: { type: string } } } }
      required: [id]
    decisive: [id, /by/team]
    sensitive: [/id]
  - { name: mails.send, action: write, impact: external, reversibility: effort }
grants:
  - { agent: bot, tool: users.delete, justification: erasure requests }
chains:
  - name: default
    levels:
      - { people: [kim@example.org], escalate_after: 90s }
      - { people: [Ana@Example.org, kim@example.org], escalate_after: 2m }
policy:
  version: 1
  timeout: { low: 4m, high: 10m }
`;

describe("applying licet.yaml", () => {
  it("takes every field the format has, and puts it in force", async () => {
    const { changes, warnings } = await apply(FULL);
    expect(changes.map(({ kind, name, change }) => [kind, name, change])).toEqual([
      ["tool", "users.delete", "added"],
      ["tool", "mails.send", "added"],
      ["chain", "default", "changed"],
      ["policy", "policy", "changed"],
      ["grant", "bot → users.delete", "added"],
    ]);
    // Names and JSON Pointers are the same thing said twice; the risk is derived, high without a justification.
    const [mails, users] = await listTools(FIRST_TENANT);
    expect(users).toMatchObject({
      scope: "users:erase",
      risk: "high",
      decisive: ["/id", "/by/team"],
      sensitive: ["/id"],
      path: "/users/{id}",
    });
    expect(mails).toMatchObject({ scope: "mails:send", risk: "high", arguments: null, decisive: [] });
    // The last level's time is allowed, has no effect, and is said to have none.
    const [chain] = await listChains(FIRST_TENANT);
    expect(chain?.levels.map(({ people, escalate_after }) => [people.length, escalate_after])).toEqual([
      [1, 90],
      [2, undefined],
    ]);
    expect(warnings).toEqual(expect.arrayContaining([expect.stringMatching(/last level.*no effect/)]));
    expect(await readTimeouts(FIRST_TENANT)).toEqual({ low: 240, medium: 900, high: 600 });
  });

  it("changes and records nothing the second time", async () => {
    const before = await state();
    const { changes } = await apply(FULL);
    expect(new Set(changes.map(({ change }) => change))).toEqual(new Set(["unchanged"]));
    expect(await state()).toEqual(before);
  });

  it("leaves what it does not name as it is", async () => {
    const before = await state();
    expect(await apply("version: 1")).toEqual({ changes: [], warnings: [], proposed: null });
    expect(await state()).toEqual(before);
  });

  it("as a dry run says what would change, and changes nothing", async () => {
    const before = await state();
    const { changes } = await apply(FULL.replace("impact: external", "impact: tenants").replace("GDPR", "GDPR 17"), true);
    expect(changes.filter(({ change }) => change === "changed").map(({ name }) => name)).toEqual(["users.delete", "mails.send"]);
    expect(await state()).toEqual(before);
  });

  it("gives a grant anew when it is held for another reason", async () => {
    const { changes } = await apply("version: 1\ngrants: [{ agent: bot, tool: users.delete, justification: another reason }]");
    expect(changes).toMatchObject([{ kind: "grant", change: "changed", detail: "another reason" }]);
    expect((await listGrants(FIRST_TENANT, agentId)).map(({ tool, justification }) => [tool, justification])).toEqual([
      ["users.delete", "another reason"],
    ]);
  });

  it("takes a policy from a file beside it, and from text in it", async () => {
    await writeFile(join(folder, "policy.yaml"), "version: 1\ntimeout: { low: 2m }\n");
    await apply("version: 1\npolicy: policy.yaml");
    expect(await readTimeouts(FIRST_TENANT)).toMatchObject({ low: 120 });
    expect((await readPolicy(FIRST_TENANT))?.document).toBe("version: 1\ntimeout: { low: 2m }\n");
    await apply("version: 1\npolicy: |\n  version: 1\n  timeout: { low: 3m }\n");
    expect(await readTimeouts(FIRST_TENANT)).toMatchObject({ low: 180 });
  });

  const TOOL = "{ name: new.tool, action: read, impact: record, reversibility: reversible }";

  it.each([
    [
      "an agent that is not there",
      `grants: [{ agent: nobody, tool: new.tool, justification: x }]`,
      /nobody → new.tool: There is no agent nobody\. Register it first/,
    ],
    ["a tool that is not there", `grants: [{ agent: bot, tool: no.tool, justification: x }]`, /There is no tool no.tool/],
    ["a tool out of the agent's scope", `grants: [{ agent: bot, tool: payments.send, justification: x }]`, /payments/],
    [
      "somebody unknown in a chain",
      `chains: [{ name: night, levels: [{ people: [nobody@example.org] }] }]`,
      /night: there is no person nobody@example.org/,
    ],
    [
      "somebody in a chain who may not decide",
      `chains: [{ name: night, levels: [{ people: [ken@example.org] }] }]`,
      /ken is neither approver/,
    ],
    [
      "a level that says no time",
      `chains: [{ name: night, levels: [{ people: [kim@example.org] }, { people: [ana@example.org] }] }]`,
      /Level 1 does not say/,
    ],
    [
      "a level asked after the deadline",
      `chains: [{ name: night, levels: [{ people: [kim@example.org], escalate_after: 1h }, { people: [ana@example.org] }] }]`,
      /Level 2 would be asked after 1 h/,
    ],
    [
      "a policy under which a chain in force is too slow",
      `policy: { timeout: { low: 10s, medium: 10s, high: 10s } }`,
      /chain in force.*default.*Level 2/,
    ],
    ["a policy that cannot be used", `policy: { rules: [{ name: x, match: {}, effect: permit }] }`, /policy: .*effect/],
  ])("applies nothing at all with %s", async (_what, part, words) => {
    const before = await state();
    const tools = `tools:\n  - ${TOOL}\n  - ${TOOL.replace("new.tool", "payments.send")}`;
    await expect(apply(`version: 1\n${tools}\n${part}`)).rejects.toMatchObject({
      title: expect.stringContaining("Nothing was changed."),
      details: { detail: expect.stringMatching(words) },
    });
    expect(await state()).toEqual(before);
  });

  it.each([
    ["another version", "version: 2", "line 1, column 1: version"],
    [
      "a field it does not know",
      `version: 1\ntools:\n  - { name: a, action: read, impact: record, reversibility: reversible, danger: low }`,
      'line 3, column 5: tools.0 Unrecognized key: "danger"',
    ],
    [
      "a word it does not know",
      `version: 1\ntools:\n  - name: a\n    action: read\n    impact: galaxy\n    reversibility: reversible`,
      "line 5, column 5: tools.0.impact",
    ],
    [
      "a duration that is none",
      `version: 1\nchains:\n  - name: a\n    levels:\n      - people: [kim@example.org]\n        escalate_after: soon`,
      "line 6, column 9: chains.0.levels.0.escalate_after is not a duration",
    ],
    [
      "four levels",
      `version: 1\nchains: [{ name: a, levels: [${Array(4).fill("{ people: [kim@example.org], escalate_after: 10s }").join(", ")}] }]`,
      "has more than 3 levels",
    ],
    ["a key twice", "version: 1\nversion: 1", "line 2, column 1"],
    ["an alias", "version: 1\ntools: &a []\ngrants: *a", "line 3, column 9: aliases"],
    ["a policy file that is not there", "version: 1\npolicy: nowhere.yaml", "nowhere.yaml: there is no such file"],
  ])("says where it is wrong: %s", async (_what, text, words) => {
    await expect(apply(text)).rejects.toMatchObject({ code: "invalid_manifest", details: { detail: expect.stringContaining(words) } });
  });

  it("applies the example whole, once its agent is there", async () => {
    const example = await readManifest(join(import.meta.dirname, "../../examples/support/licet.yaml"));
    await expect(applyManifest(FIRST_TENANT, OPERATOR, example, true)).rejects.toMatchObject({ code: "no_such_agent" });
    const grants = example.grants.map((grant) => ({ ...grant, agent: "bot" }));
    const { changes } = await applyManifest(FIRST_TENANT, OPERATOR, { ...example, grants }, true);
    const risk = (name: string) => changes.find((change) => change.name === name)?.detail.split(" ")[1];
    expect(["tickets.read", "mails.send", "orders.refund", "customers.delete"].map(risk)).toEqual(["low", "medium", "medium", "high"]);
  });
});

describe("once two admins have existed", () => {
  const LIST = `
version: 1
tools: [{name: orders.list, action: read, impact: records, reversibility: reversible, justification: reads only}]
`;
  const names = async () => (await listTools(FIRST_TENANT)).map(({ name }) => name);

  it("what widens is proposed: nothing is in force until an admin approves it, whole", async () => {
    const admin = (name: string) =>
      addPerson(FIRST_TENANT, OPERATOR, { name, email: `${name}@example.org`, roles: ["admin"], password: PASSWORD });
    const [first] = [await admin("nova"), await admin("otto")];
    const { proposed } = await apply(LIST);
    expect(proposed).toMatch(/^[0-9a-f-]{36}$/);
    expect(await names()).not.toContain("orders.list");
    // The same file again is the same proposal.
    expect((await apply(LIST)).proposed).toBe(proposed);

    const { rows } = await database.admin.query<{ id: string }>("select account_id as id from people where id = $1", [first]);
    const sid = await openSession(rows[0]?.id ?? "", "test");
    const person = await authenticateSession(sid ?? "");
    if (!person) throw new Error("not signed in");
    const change = await readChange(FIRST_TENANT, person.personId, proposed ?? "");
    expect(change).toMatchObject({ status: "pending", proposed_by: { id: null }, summary: [expect.stringContaining("orders.list")] });
    await decideChange(person, change.id, change.content_version, { verdict: "approve", digest: change.action_digest });
    expect(await names()).toContain("orders.list");
    expect(await apply(LIST)).toMatchObject({ proposed: null, changes: [{ change: "unchanged" }] });
  });

  it("what only tightens is in force at once", async () => {
    const { proposed } = await apply(LIST.replace("impact: records", "impact: tenant"));
    expect(proposed).toBeNull();
    const tool = (await listTools(FIRST_TENANT)).find(({ name }) => name === "orders.list");
    expect(tool).toMatchObject({ impact: "tenant", risk: "medium" });
  });
});
