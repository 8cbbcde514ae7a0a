import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { patchAgent } from "@/lib/catalog/agents";
import { saveTool } from "@/lib/catalog/tools";
import { withTenant } from "@/lib/db/tenant";
import { FIRST_TENANT } from "@/lib/people/setup";
import { Problem } from "@/lib/platform/problem";
import { grantTool } from "@/lib/catalog/grants";
import { OPERATOR, World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let olga: Person;
let agent: Agent;
let made = 0;

beforeAll(async () => {
  world = await World.start();
  olga = await world.person("Olga", ["owner"]);
  await world.chain("default", [{ people: [await world.person("Ana")] }]);
  await world.freezeClock();
});
afterAll(() => world.stop());
beforeEach(async () => {
  agent = await world.agent(`bot-${++made}`, olga);
});

const ISSUES = {
  ...({ action: "read", impact: "record", reversibility: "reversible", justification: "reads" } as const),
  ...{ decisive: [], sensitive: [] },
  arguments: {
    type: "object",
    properties: { owner: { type: "string" }, issue: { type: "object", properties: { number: { type: "integer" } } } },
  },
};
const code = async (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof Problem ? error.code : error),
  );

describe("resource and scope", () => {
  beforeAll(() =>
    saveTool(FIRST_TENANT, OPERATOR, {
      ...ISSUES,
      name: "issues.read",
      resource: "repos/{owner}/issues/{issue.number}",
      scope: "repos:{owner}:read",
    }),
  );
  const ask = (more: object = {}) => agent.ask({ tool: "issues.read", arguments: { owner: "a/b", issue: { number: 7 } }, ...more });
  beforeEach(() => grantTool(FIRST_TENANT, OPERATOR, { agent: agent.name, tool: "issues.read", justification: "x" }));

  it("are filled in from the arguments, inner ones too, and no value can add a segment", async () => {
    const { body } = await ask();
    expect(body).toMatchObject({ resource: "repos/a%2Fb/issues/7", scope: { requested: "repos:a%2Fb:read" }, status: "approved" });
    expect(body.scope.held).toContain("repos:a%2Fb:read");
  });

  it("that the agent claims otherwise are refused, and so are arguments that cannot fill them in", async () => {
    expect(await ask({ resource: "repos/a/issues/7" })).toMatchObject({ status: 422, body: { errors: [{ pointer: "/resource" }] } });
    expect(await ask({ scope: "repos:a:read" })).toMatchObject({ status: 422, body: { errors: [{ pointer: "/scope" }] } });
    const missing = await agent.ask({ tool: "issues.read", arguments: { owner: "a" } });
    expect(missing).toMatchObject({ status: 422, body: { errors: [{ pointer: "/arguments/issue/number" }] } });
  });

  it("on the out-of-scope list are denied call by call, and a tool that is there as a whole cannot be granted", async () => {
    await withTenant(FIRST_TENANT, OPERATOR, (orm) =>
      patchAgent(orm, FIRST_TENANT, agent.id, { out_of_scope: ["resource:repos/secret/*"] }),
    );
    expect((await ask({ arguments: { owner: "secret", issue: { number: 1 } } })).body).toMatchObject({
      status: "denied",
      decision: { reason: "out_of_scope" },
    });
    expect((await ask()).body.status).toBe("approved");
    const other = await world.agent(`bot-${++made}`, olga);
    await withTenant(FIRST_TENANT, OPERATOR, (orm) => patchAgent(orm, FIRST_TENANT, other.id, { out_of_scope: ["resource:repos/*"] }));
    expect(await code(grantTool(FIRST_TENANT, OPERATOR, { agent: other.name, tool: "issues.read", justification: "x" }))).toBe(
      "out_of_scope",
    );
  });
});

describe("a grant", () => {
  it("that expires is as if it were not there from that moment on, on a server that has it in memory", async () => {
    await saveTool(FIRST_TENANT, OPERATOR, { ...ISSUES, name: "notes.read" });
    const [{ now } = { now: "" }] = await world.sql<{ now: string }>("select door_clock()::text as now");
    const expires_at = new Date(Date.parse(now) + 60_000).toISOString();
    await grantTool(FIRST_TENANT, OPERATOR, { agent: agent.name, tool: "notes.read", justification: "for a minute", expires_at });
    const ask = () => agent.ask({ tool: "notes.read", arguments: {} });
    expect((await ask()).body.status).toBe("approved");
    await world.moveClock(59);
    expect((await ask()).body.status).toBe("approved");
    await world.moveClock(1);
    expect((await ask()).body).toMatchObject({ status: "denied", decision: { reason: "not_granted" } });
    // It can be given anew, and one that is over already cannot be given at all.
    expect(
      await code(grantTool(FIRST_TENANT, OPERATOR, { agent: agent.name, tool: "notes.read", justification: "again", expires_at })),
    ).toBe("expires_in_the_past");
    await grantTool(FIRST_TENANT, OPERATOR, { agent: agent.name, tool: "notes.read", justification: "again" });
    expect((await ask()).body.status).toBe("approved");
  });
});

describe("a tool's version", () => {
  it("names its author", async () => {
    await saveTool(FIRST_TENANT, OPERATOR, { ...ISSUES, name: "authored.read", impact: "tenant", risk: "low" });
    expect(
      await world.sql("select v.author, v.risk from tool_versions v join tools t on t.id = v.tool_id where t.name = 'authored.read'"),
    ).toEqual([{ author: "operator", risk: "low" }]);
  });

  it.each([
    [{ risk: "low" as const, impact: "external" as const, justification: undefined }, /\/justification is needed/],
    [{ risk: "medium" as const, action: "delete" as const }, /\/risk is never below high for what deletes/],
    [{ resource: "x/{issue.number}/{other.id}" }, /\/resource names \{other.id\}/],
    [{ scope: "x:{nobody}" }, /\/scope names \{nobody\}/],
    [{ kinds: { "/nobody": "mail" as const } }, /\/kinds names \/nobody/],
  ])("is refused with %j", async (more, detail) => {
    const error = await saveTool(FIRST_TENANT, OPERATOR, { ...ISSUES, name: "bad", ...more }).catch((each: unknown) => each);
    expect(error).toMatchObject({ code: "invalid_tool", details: { detail: expect.stringMatching(detail) as string } });
  });
});
