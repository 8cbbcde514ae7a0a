import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ToolInput } from "@/lib/catalog/schema";
import { saveTool } from "@/lib/catalog/tools";
import { FIRST_TENANT } from "@/lib/people/setup";
import { addTenant } from "@/tests/support/tenants";
import { OPERATOR, TOOLS, World, type Agent, type Person } from "@/tests/support/world";
import type { Change } from "./schema";

let world: World;
let ada: Person;
let ben: Person;
let kim: Person;
let agent: Agent;

beforeAll(async () => {
  world = await World.start();
  ada = await world.person("Ada", ["admin"]);
  kim = await world.person("Kim", ["approver"]);
  agent = await world.agent("support-bot", kim, [TOOLS.read, TOOLS.note]);
  await world.chain("default", [{ people: [kim] }]);
});
afterAll(() => world.stop());

const tool = (name: string, more: Partial<ToolInput> = {}): ToolInput => ({ ...TOOLS.note, name, ...more });
const post = (person: Person, path: string, json: unknown) => person.fetch(`/api/v1/${path}`, { method: "POST", json });
const read = async (person: Person, id: string) => (await (await person.fetch(`/api/v1/changes/${id}`)).json()) as Change;

/** Ada proposes a new tool, or what is given. */
async function propose(operations: unknown[], by = ada): Promise<string> {
  const answer = await post(by, "changes", { reason: "support needs it", operations });
  const body = (await answer.json()) as { proposed: string };
  expect({ status: answer.status, body }).toMatchObject({ status: 202, body: { proposed: expect.any(String) as string } });
  return body.proposed;
}

async function decide(person: Person, id: string, verdict: "approve" | "deny" = "approve") {
  const change = await read(ada, id);
  const answer = await person.fetch(`/api/v1/approvals/${id}/decision`, {
    method: "POST",
    json: { verdict, digest: change.action_digest },
    headers: { "if-match": `"${change.content_version}"` },
  });
  return { status: answer.status, body: (await answer.json()) as Partial<Change> & { code?: string } };
}

/** All configuration and every request, as text: what must not differ when nothing was changed. */
async function configuration(): Promise<string> {
  const rows = await world.sql<{ all: string }>(`select jsonb_build_array(
    (select jsonb_agg(t order by id) from tools t), (select jsonb_agg(t order by tool_id, version) from tool_versions t),
    (select jsonb_agg(t order by id) from grants t), (select jsonb_agg(t order by version) from policies t),
    (select jsonb_agg(t order by chain_id, version) from chain_versions t), (select jsonb_agg(t order by id) from agents t))::text as all`);
  return rows[0]?.all ?? "";
}

const granted = async (name: string) =>
  (await world.sql("select from grants g join tools t on t.id = g.tool_id where t.name = $1 and g.revoked_at is null", [name])).length;

describe("before two admins have ever existed", () => {
  it("the only admin's change is in force at once, and each record of it says alone", async () => {
    const answer = await post(ada, "tools", tool("alone.note"));
    expect(answer.status).toBe(200);
    const [record] = await world.sql<{ via: string }>(
      "select detail ->> 'via' as via from audit_records where event = 'config.tools.insert' and tool_name = 'alone.note'",
    );
    expect(record?.via).toBe("alone");
    const several = await post(ada, "changes", {
      reason: "needed",
      operations: [{ op: "grant", grant: { agent: "support-bot", tool: "alone.note", justification: "x" } }],
    });
    expect(await several.json()).toEqual({ applied: true, alone: true });
  });

  it("an admin who cannot sign in is no second one", async () => {
    await world.sql(`select set_config('licet.tenant', 'default', true), set_config('licet.actor', '{"kind": "operator"}', true);
      insert into people (tenant_id, name, roles) values ('default', 'Nobody', array['admin'])`);
    const [row] = await world.sql<{ two_admins_at: string | null }>(
      "select two_admins_at from config_versions where tenant_id = 'default'",
    );
    expect(row?.two_admins_at).toBeNull();
  });
});

describe("once two admins have existed", () => {
  beforeAll(async () => {
    ben = await world.person("Ben", ["admin"]);
  });

  it("what widens waits for the second, and is in force in the transaction that approves it", async () => {
    const before = await configuration();
    const answer = await post(ada, "tools", tool("a.note"));
    expect(answer.status).toBe(202);
    const { proposed } = (await answer.json()) as { proposed: string };
    expect(await configuration()).toBe(before);
    expect(await read(ben, proposed)).toMatchObject({
      status: "pending",
      refusal: null,
      asks: ["Ben"],
      summary: ["Add the tool a.note to the catalog"],
      diff: [{ object: "tool a.note", before: null, after: { risk: "low" } }],
    });
    expect(await decide(ben, proposed)).toMatchObject({ status: 200, body: { status: "approved", decision: { by: "Ben" } } });
    const records = await world.sql<{ event: string; xid: string; actor_id: string; detail: { via?: string } }>(
      "select event, xid::text, actor_id, detail from audit_records where request_id = $1 or tool_name = 'a.note' order by id",
      [proposed],
    );
    expect(records.map((record) => record.event)).toEqual(["approval.requested", "approval.approved", "config.tools.insert"]);
    expect(records[1]?.xid).toBe(records[2]?.xid);
    expect(records[2]).toMatchObject({ actor_id: ben.id, detail: { via: `change ${proposed}` } });
  });

  it("the one who proposes never approves, and neither does who is no admin", async () => {
    const id = await propose([{ op: "save_tool", tool: tool("b.note") }]);
    expect(await decide(ada, id)).toMatchObject({ status: 403, body: { code: "requester" } });
    expect(await decide(kim, id)).toMatchObject({ status: 403, body: { code: "not_asked" } });
    expect(await read(ada, id)).toMatchObject({ status: "pending", refusal: "requester" });
  });

  it("a denied one changes nothing, and cannot be approved any more", async () => {
    const id = await propose([{ op: "save_tool", tool: tool("c.note") }]);
    const before = await configuration();
    expect(await decide(ben, id, "deny")).toMatchObject({ status: 200, body: { status: "denied" } });
    expect(await decide(ben, id)).toMatchObject({ status: 409, body: { code: "already_terminal" } });
    expect(await configuration()).toBe(before);
  });

  it("proposed again while it waits it is the same change", async () => {
    const operations = [{ op: "save_tool", tool: tool("again.note") }];
    expect(await propose(operations)).toBe(await propose(operations));
  });

  it("on a base that moved it is refused, changes nothing and still waits; unrelated edits do not matter", async () => {
    const id = await propose([
      { op: "save_tool", tool: tool("d.note") },
      { op: "save_tool", tool: tool("tickets.note", { title: "Another title" }) },
    ]);
    await saveTool(FIRST_TENANT, OPERATOR, tool("unrelated.note"));
    await saveTool(FIRST_TENANT, OPERATOR, tool("tickets.note", { title: "Changed meanwhile" }));
    const before = await configuration();
    expect(await decide(ben, id)).toMatchObject({ status: 409, body: { code: "stale_base" } });
    expect(await configuration()).toBe(before);
    expect(await read(ben, id)).toMatchObject({ status: "pending" });
    await saveTool(FIRST_TENANT, OPERATOR, tool("tickets.note"));
    expect(await decide(ben, id)).toMatchObject({ status: 200 });
  });

  it("one that cannot be applied any more changes nothing and still waits", async () => {
    const id = await propose([
      { op: "save_tool", tool: tool("e.note") },
      { op: "grant", grant: { agent: "support-bot", tool: "e.note", justification: "its purpose" } },
    ]);
    const patched = await ada.fetch(`/api/v1/agents/${agent.id}`, { method: "PATCH", json: { out_of_scope: ["e.*"] } });
    expect(patched.status).toBe(204);
    const before = await configuration();
    expect(await decide(ben, id)).toMatchObject({ status: 409, body: { code: "cannot_apply" } });
    expect(await configuration()).toBe(before);
    expect(await read(ben, id)).toMatchObject({ status: "pending" });
  });

  it.each([
    ["a policy that does not parse", [{ op: "publish_policy", document: "version: 1\nrules: [" }], 422],
    ["a grant of a tool that is not there", [{ op: "grant", grant: { agent: "support-bot", tool: "no.such", justification: "x" } }], 404],
    ["a chain that names nobody who decides", "chain", 422],
    ["one good part and one broken", "mixed", 404],
  ])("%s is refused whole when it is proposed", async (_name, given, status) => {
    const operations =
      given === "chain"
        ? [{ op: "save_chain", chain: { name: "night", levels: [{ people: [ada.id] }] } }]
        : given === "mixed"
          ? [
              { op: "save_tool", tool: tool("f.note") },
              { op: "grant", grant: { agent: "nobody", tool: "f.note", justification: "x" } },
            ]
          : given;
    const before = await configuration();
    const [{ count } = { count: "" }] = await world.sql<{ count: string }>("select count(*) from requests");
    expect((await post(ada, "changes", { reason: "x", operations })).status).toBe(status);
    expect(await configuration()).toBe(before);
    expect(await world.sql("select count(*) from requests")).toEqual([{ count }]);
  });

  it("of two who approve at once one does, and it is applied once", async () => {
    const cleo = await world.person("Cleo", ["admin"]);
    const id = await propose([{ op: "save_tool", tool: tool("race.note") }]);
    const answers = await Promise.all([decide(ben, id), decide(cleo, id)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(await world.sql("select version from tools where name = 'race.note'")).toEqual([{ version: 1 }]);
  });

  it("its proposer withdraws it, nobody else does", async () => {
    const id = await propose([{ op: "save_tool", tool: tool("g.note") }]);
    expect((await post(ben, `changes/${id}/cancel`, {})).status).toBe(403);
    expect((await post(ada, `changes/${id}/cancel`, {})).status).toBe(200);
    expect((await post(ada, `changes/${id}/cancel`, {})).status).toBe(200);
    expect(await decide(ben, id)).toMatchObject({ status: 409, body: { code: "already_terminal" } });
  });

  it("an agent's key neither proposes nor reads them, and its own routes do not know them", async () => {
    const id = await propose([{ op: "save_tool", tool: tool("h.note") }]);
    expect((await agent.fetch(`/api/v1/changes/${id}`)).status).toBe(403);
    expect((await agent.fetch("/api/v1/changes", { method: "POST", json: {} })).status).toBe(403);
    expect((await agent.fetch(`/api/v1/approvals/${id}`)).status).toBe(404);
    expect((await ben.fetch(`/api/v1/approvals/${id}`)).status).toBe(404);
    expect((await kim.fetch("/api/v1/approvals?status=pending")).status).toBe(200);
  });

  it("another tenant's admin neither sees nor decides it", async () => {
    const id = await propose([{ op: "save_tool", tool: tool("i.note") }]);
    await addTenant(world.database.admin, "other");
    const stranger = await world.person("Eve", ["admin"], "other");
    expect((await stranger.fetch(`/api/v1/changes/${id}`)).status).toBe(404);
    expect(await (await stranger.fetch("/api/v1/changes")).json()).toEqual({ items: [] });
    expect(await decide(stranger, id)).toMatchObject({ status: 404 });
    expect((await post(stranger, `changes/${id}/cancel`, {})).status).toBe(404);
  });

  describe("goes live with one person", () => {
    const grantOf = async (name: string) =>
      (
        await world.sql<{ id: string }>(
          "select g.id from grants g join tools t on t.id = g.tool_id where t.name = $1 and g.revoked_at is null",
          [name],
        )
      )[0]?.id ?? "";

    it("revoking a grant", async () => {
      expect((await ada.fetch(`/api/v1/grants/${await grantOf("alone.note")}`, { method: "DELETE" })).status).toBe(204);
      expect(await granted("alone.note")).toBe(0);
    });

    it("raising a tool's risk, and lowering it again waits", async () => {
      const riskier = tool("tickets.note", { title: "Another title", impact: "tenant", reversibility: "irreversible" });
      expect((await post(ada, "tools", riskier)).status).toBe(200);
      expect((await post(ada, "tools", tool("tickets.note", { title: "Another title" }))).status).toBe(202);
    });

    it("but not a higher risk together with anything else", async () => {
      const more = tool("tickets.note", { impact: "tenants", reversibility: "irreversible", path: "/anything" });
      expect((await post(ada, "tools", more)).status).toBe(202);
    });

    it("taking a tool out of the catalog, and putting it back waits", async () => {
      expect((await ada.fetch("/api/v1/tools?name=alone.note", { method: "DELETE" })).status).toBe(204);
      expect((await post(ada, "tools", tool("alone.note"))).status).toBe(202);
    });

    it("disabling an agent, and enabling it again waits", async () => {
      const patch = (status: string) => ada.fetch(`/api/v1/agents/${agent.id}`, { method: "PATCH", json: { status } });
      expect((await patch("disabled")).status).toBe(204);
      expect((await patch("active")).status).toBe(202);
      const [row] = await world.sql<{ status: string }>("select status from agents where name = 'support-bot'");
      expect(row?.status).toBe("disabled");
    });

    it("registering an agent that holds nothing; giving it another owner waits", async () => {
      const made = await post(ada, "agents", { name: "new-bot", owner: kim.id, responsibility: "Helps." });
      expect(made.status).toBe(201);
      const { id } = (await made.json()) as { id: string };
      expect((await ada.fetch(`/api/v1/agents/${id}`, { method: "PATCH", json: { owner: ben.id } })).status).toBe(202);
    });

    it("a policy with a deny rule on top, and without it again waits", async () => {
      const policy = (await (await ada.fetch("/api/v1/policy")).json()) as { document: string };
      const stricter = policy.document.replace(
        /^rules:\n/m,
        "rules:\n  - name: never\n    match: { tool: [payments.*] }\n    effect: deny\n",
      );
      const publish = (document: string) => post(ada, "changes", { reason: "x", operations: [{ op: "publish_policy", document }] });
      expect((await publish(stricter)).status).toBe(200);
      expect((await publish(policy.document)).status).toBe(202);
    });

    it("a chain never: it is who decides", async () => {
      const officer = await world.person("Olga", ["security_officer"]);
      const levels = [{ people: [kim.id, officer.id] }];
      expect((await post(ada, "chains", { name: "default", levels })).status).toBe(202);
    });
  });

  it("a lone admin can only tighten from then on, for ever", async () => {
    const id = await propose([{ op: "save_tool", tool: tool("j.note") }]);
    for (const person of await world.sql<{ id: string }>(
      "select id from people where tenant_id = 'default' and 'admin' = any (roles) and id <> $1",
      [ada.id],
    )) {
      expect((await ada.fetch(`/api/v1/people/${person.id}`, { method: "PATCH", json: { status: "disabled" } })).status).toBe(204);
    }
    const widens = await post(ada, "tools", tool("k.note"));
    expect({ status: widens.status, body: await widens.json() }).toMatchObject({ status: 409, body: { code: "no_second_admin" } });
    expect(await decide(ada, id)).toMatchObject({ status: 403, body: { code: "requester" } });
    expect((await ada.fetch("/api/v1/tools?name=tickets.note", { method: "DELETE" })).status).toBe(204);
  });

  it("silence of a day means no", async () => {
    const again = await world.person("Dora", ["admin"]);
    const id = await propose([{ op: "save_tool", tool: tool("late.note") }]);
    await world.keepSignedIn();
    await world.moveClock(86_400 - 60);
    expect(await read(again, id)).toMatchObject({ status: "pending" });
    await world.moveClock(61);
    expect(await decide(again, id)).toMatchObject({ status: 409, body: { code: "expired" } });
    expect(await read(again, id)).toMatchObject({ status: "expired", decision: { by: "silence" } });
    expect(await world.sql("select from tools where name = 'late.note'")).toEqual([]);
  });
});
