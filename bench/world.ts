import pg from "pg";
import { encode } from "next-auth/jwt";
import { registerAgent } from "@/lib/catalog/agents";
import { grantTool } from "@/lib/catalog/grants";
import { saveTool } from "@/lib/catalog/tools";
import { createKey } from "@/lib/credentials/agent-keys";
import { openDatabase } from "@/lib/db/open";
import { addPerson } from "@/lib/people/members";
import { openSession } from "@/lib/people/session";
import { authSecret, cookieName } from "@/lib/people/session-cookie";
import { parseConfig } from "@/lib/platform/config";
import { setContext } from "@/lib/platform/context";
import { defaultPolicy } from "@/lib/policy/parse";
import { publishPolicy } from "@/lib/policy/policies";

const OPERATOR = { kind: "operator" } as const;

/** Fills a database with tenants that have an agent, a tool that passes, one that asks, and a person; prints them. */
async function main(databaseUrl: string, tenants: number): Promise<void> {
  const config = parseConfig({ DATABASE_URL: databaseUrl, LICET_SECRET: process.env.LICET_SECRET });
  const install = await openDatabase(config, "licet_bench");
  setContext({ config, secret: install.secret });
  const admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
  const made = [];
  for (let i = 0; i < tenants; i++) {
    const tenant = i === 0 ? "default" : `t${i}`;
    await admin.query("insert into tenants (id, name) values ($1, $1) on conflict do nothing", [tenant]);
    await admin.query("insert into config_versions (tenant_id, version) values ($1, 0) on conflict do nothing", [tenant]);
    await admin.query("insert into due (tenant_id) values ($1) on conflict do nothing", [tenant]);
    // The default policy but for its limits, which a load is meant to exceed: they are counted all the same.
    await publishPolicy(tenant, OPERATOR, defaultPolicy().replace(/^ {2}(minute|day|pending): \d+$/gm, "  $1: 1000000"));
    const owner = await addPerson(tenant, OPERATOR, { name: "Olga", email: `olga@${tenant}.test`, roles: ["owner"], password: null });
    await addPerson(tenant, OPERATOR, { name: "Kim", email: `kim@${tenant}.test`, roles: ["approver"], password: null });
    const agent = await registerAgent(tenant, OPERATOR, { name: "bot", owner, responsibility: "Reads tickets.", out_of_scope: [] });
    const schema = { type: "object", properties: { id: { type: "string" } }, required: ["id"] };
    const common = {
      arguments: schema,
      decisive: [],
      sensitive: [],
      justification: "measured",
      impact: "record" as const,
      reversibility: "reversible" as const,
    };
    await saveTool(tenant, OPERATOR, { ...common, name: "tickets.read", action: "read", method: "GET", path: "/tickets/{id}" });
    await saveTool(tenant, OPERATOR, { ...common, name: "tickets.note", action: "write", method: "POST", path: "/tickets/{id}/notes" });
    for (const tool of ["tickets.read", "tickets.note"])
      await grantTool(tenant, OPERATOR, { agent: "bot", tool, justification: "measured" });
    const { key } = await createKey(tenant, OPERATOR, agent);
    const { rows } = await admin.query<{ id: string }>("select id from accounts where email = $1", [`kim@${tenant}.test`]);
    const sid = await openSession(rows[0]?.id ?? "", "bench");
    made.push({
      tenant,
      key,
      cookie: `${cookieName("session-token")}=${await encode({ token: { sid: sid ?? "" }, secret: authSecret() })}`,
    });
  }
  await admin.query(
    "create table if not exists bare (id bigint generated always as identity primary key, body jsonb not null, status text not null default 'pending', at timestamptz not null default now())",
  );
  await warmUp(
    admin,
    made.map(({ tenant }) => tenant),
  );
  await admin.end();
  await install.close();
  console.log(JSON.stringify(made));
}

/** Some history and its statistics, as autovacuum would have gathered them within a minute of use. */
async function warmUp(admin: pg.Client, tenants: string[]): Promise<void> {
  const rows = await admin.query<{ tenant_id: string; agent_id: string; key_id: string; tool_id: string }>(
    `select a.tenant_id, a.id as agent_id, k.id as key_id, t.id as tool_id from agents a join agent_keys k on k.tenant_id = a.tenant_id and k.agent_id = a.id
     join tools t on t.tenant_id = a.tenant_id and t.name = 'tickets.read'`,
  );
  for (const { tenant_id, agent_id, key_id, tool_id } of rows.rows.filter((row) => tenants.includes(row.tenant_id))) {
    await admin.query(
      `insert into requests (tenant_id, state, agent_id, key_id, session_id, tool_id, tool_version, tool_name, action_type, arguments, reason, scope, risk,
         irreversibility, blast_radius, privilege, policy_version, config_version, action_digest, facts_digest, created_at, updated_at, expires_at, decided_at,
         decided_by, outcome, validity, granted_scope, use_by, uses_left)
       select $1, 'approved', $2, $3, 's' || n % 50, $4, 1, 'tickets.read', 'read', '{}', 'history', 'tickets:read', 'low', 0, 1, 0, 1, 1,
         sha256(n::text::bytea), sha256(n::text::bytea), now(), now(), now() + interval '5 min', now(), 'policy', 'policy', 'once', 'tickets:read', now(), 1
       from generate_series(1, 300) n`,
      [tenant_id, agent_id, key_id, tool_id],
    );
  }
  await admin.query("analyze");
}

await main(process.argv[2] ?? "", Number(process.argv[3]));
