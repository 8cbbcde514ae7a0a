import { z } from "@hono/zod-openapi";
import { RISKS } from "@/lib/catalog/terms";
import { readTenant } from "@/lib/db/tenant";
import { problem } from "@/lib/platform/problem";
import { heading } from "./heading";
import { hex, type RequestRow } from "./row";
import { expireNow } from "./store";
import { DENY_REASONS, STATES } from "./terms";

export const badCursor = problem("bad_cursor", 422, "The cursor is not one of ours. Start again without it.");

const several = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (typeof value === "string" ? value.split(",") : value), z.array(item).max(20));

export const ListQuery = z
  .strictObject({
    status: several(z.enum(STATES)).optional().openapi({ type: "string", description: "One or several, comma separated" }),
    risk: several(z.enum(RISKS)).optional().openapi({ type: "string", description: "One or several, comma separated" }),
    tool: z.string().max(128).optional(),
    agent: z.string().max(64).optional().describe("An agent's name or id"),
    session: z.string().max(200).optional(),
    from: z.iso.datetime().optional().describe("Asked at or after"),
    to: z.iso.datetime().optional().describe("Asked before"),
    mine: z.stringbool().optional().describe("People: only what asks you now and you may decide"),
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  })
  .openapi("ListQuery");
export type ListQuery = z.infer<typeof ListQuery>;

export const ListItem = z
  .object({
    id: z.uuid(),
    status: z.enum(STATES),
    risk: z.enum(RISKS),
    heading: z
      .array(z.object({ text: z.string(), value: z.literal(true).optional() }))
      .describe("What would happen; `value` marks what comes from the request"),
    tool: z.string(),
    call: z.string().nullable(),
    agent: z.string(),
    agent_id: z.uuid(),
    session_id: z.string(),
    level: z.number().nullable(),
    levels: z.number().nullable(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    content_version: z.number(),
    revision: z.number(),
    action_digest: z.string(),
    alike: z.number().describe("While pending: how many identical requests of this agent wait"),
    decision: z
      .object({
        by: z.enum(["policy", "person", "silence", "agent"]),
        person: z.string().nullable(),
        at: z.iso.datetime(),
        reason: z.string(),
        deny_reason: z.enum(DENY_REASONS).nullable(),
      })
      .nullable(),
  })
  .openapi("ListItem");
export type ListItem = z.infer<typeof ListItem>;

/** Whose list: an agent's own requests; or a person's, who sees all or only those of the agents they own. */
export type Viewer = { agent: string } | { person: string; all: boolean };

export interface Page {
  items: ListItem[];
  next_cursor: string | null;
  /** The database's clock, for countdowns. */
  now: string;
}

type Row = RequestRow & { title: string | null; method: string | null; rank: number; alike: number; decided_name: string | null };

/**
 * A page of requests. Pending ones by risk, then by time left, identical ones as one; all others newest first.
 * Nothing overdue is shown as pending: it is denied by silence, and that is written first where it is not yet.
 */
export async function listRequests(tenant: string, viewer: Viewer, query: ListQuery): Promise<Page> {
  const pending = query.status?.length === 1 && query.status[0] === "pending";
  const { where, values } = conditions(tenant, viewer, query, pending);
  // Milliseconds, because that is what a cursor can say.
  const order = pending ? "rank desc, date_trunc('milliseconds', expires_at), id" : "id desc";
  const after = query.cursor === undefined ? "" : afterCursor(query.cursor, pending, values);
  const sql = `
    with mine as (${MY_CHAINS}), found as (
      select r.*, a.name as agent_name, v.title, v.method, p.name as decided_name, jsonb_array_length(c.levels) as levels,
        array_position(array['low', 'medium', 'high'], r.risk) as rank,
        ${pending ? "count(*) over alike" : "1"}::int as alike, ${pending ? "row_number() over (alike order by r.expires_at, r.id)" : "1"} as turn
      from requests r join agents a on a.tenant_id = r.tenant_id and a.id = r.agent_id
        left join tool_versions v on v.tenant_id = r.tenant_id and v.tool_id = r.tool_id and v.version = r.tool_version
        left join chain_versions c on c.tenant_id = r.tenant_id and c.chain_id = r.chain_id and c.version = r.chain_version
        left join people p on p.tenant_id = r.tenant_id and p.id = r.decided_person
      where ${where.join(" and ")}
      ${pending ? "window alike as (partition by r.agent_id, r.action_digest)" : ""}
    )
    select *, '\\x' || encode(action_digest, 'hex') as action_digest from found where turn = 1 ${after} order by ${order} limit ${query.limit + 1}`;
  await expireOverdue(tenant);
  const { rows, now } = await readTenant(tenant, async (client) => {
    const found = await client.query<Row>(sql, values);
    const clock = await client.query<{ now: string }>("select door_clock() as now");
    return { rows: found.rows, now: clock.rows[0]?.now ?? "" };
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(presentItem),
    next_cursor: rows.length > query.limit && last ? makeCursor(last, pending) : null,
    now,
  };
}

/** With a scheduler alive there is nothing to do here: one look at a small index. */
async function expireOverdue(tenant: string): Promise<void> {
  for (;;) {
    const { rows } = await readTenant(tenant, (client) =>
      client.query<{ id: string }>(
        "select id from requests where tenant_id = $1 and state = 'pending' and expires_at <= door_clock() order by expires_at limit 500",
        [tenant],
      ),
    );
    if (!rows.length) return;
    await expireNow(
      tenant,
      rows.map((row) => row.id),
    );
  }
}

/** The chains' versions that name this person ($2), the lowest level that does, and only where the chain in force still does. */
const MY_CHAINS = `
  select v.chain_id, v.version, min(n)::int as level
  from chain_versions v
    join chains c on c.tenant_id = v.tenant_id and c.id = v.chain_id and c.status = 'active'
    join chain_versions live on live.tenant_id = c.tenant_id and live.chain_id = c.id and live.version = c.version
    cross join jsonb_array_elements(v.levels) with ordinality as t (level, n)
  where v.tenant_id = $1 and t.level -> 'people' ? $2
    and exists (select from jsonb_array_elements(live.levels) l where l -> 'people' ? $2)
  group by v.chain_id, v.version`;

function conditions(tenant: string, viewer: Viewer, query: ListQuery, pending: boolean) {
  const values: unknown[] = [tenant, "agent" in viewer ? "" : viewer.person];
  const where = ["r.tenant_id = $1"];
  const add = (sql: (n: string) => string, value: unknown) => where.push(sql(`$${values.push(value)}`));
  if ("agent" in viewer) add((n) => `r.agent_id = ${n}`, viewer.agent);
  else if (!viewer.all) add((n) => `a.owner_id = ${n}`, viewer.person);
  if (query.status) add((n) => `r.state = any (${n})`, query.status);
  if (pending) where.push("r.expires_at > door_clock()");
  if (query.risk) add((n) => `r.risk = any (${n})`, query.risk);
  if (query.tool !== undefined) add((n) => `r.tool_name = ${n}`, query.tool);
  if (query.agent !== undefined) add((n) => `${n} in (a.name, a.id::text)`, query.agent);
  if (query.session !== undefined) add((n) => `r.session_id = ${n}`, query.session);
  if (query.from !== undefined) add((n) => `r.created_at >= ${n}`, query.from);
  if (query.to !== undefined) add((n) => `r.created_at < ${n}`, query.to);
  if (query.mine && !("agent" in viewer)) {
    where.push(`exists (select from mine m where m.chain_id = r.chain_id and m.version = r.chain_version and m.level <= r.level)
      and a.owner_id::text <> $2 and not exists (select from agent_keys k where k.tenant_id = r.tenant_id and k.id = r.key_id and k.created_by::text = $2)
      and exists (select from people me where me.tenant_id = r.tenant_id and me.id::text = $2 and me.status = 'active' and me.roles && array['approver', 'security_officer'])`);
  }
  return { where, values };
}

function makeCursor(row: Row, pending: boolean): string {
  const parts = pending ? [row.rank, row.expires_at, row.id] : [row.id];
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

const PendingCursor = z.tuple([z.number().int(), z.iso.datetime(), z.uuid()]);
const IdCursor = z.tuple([z.uuid()]);

function afterCursor(cursor: string, pending: boolean, values: unknown[]): string {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    throw badCursor();
  }
  const parsed = (pending ? PendingCursor : IdCursor).safeParse(parts);
  if (!parsed.success) throw badCursor();
  const at = values.length;
  values.push(...parsed.data);
  if (pending)
    return `and (-rank, date_trunc('milliseconds', expires_at), id) > (-$${at + 1}::int, $${at + 2}::timestamptz, $${at + 3}::uuid)`;
  return `and id < $${at + 1}::uuid`;
}

function presentItem(row: Row): ListItem {
  return {
    id: row.id,
    status: row.state,
    risk: row.risk,
    heading: heading({ title: row.title, method: row.method }, row),
    tool: row.tool_name,
    call: row.method !== null && row.resource !== null ? `${row.method} ${row.resource}` : null,
    agent: row.agent_name,
    agent_id: row.agent_id,
    session_id: row.session_id,
    level: row.level,
    levels: row.levels,
    created_at: row.created_at,
    expires_at: row.expires_at,
    content_version: row.content_version,
    revision: row.revision,
    action_digest: hex(row.action_digest),
    alike: row.alike,
    decision:
      row.decided_by !== null && row.decided_at !== null
        ? {
            by: row.decided_by,
            person: row.decided_name,
            at: row.decided_at,
            reason: row.outcome ?? row.decided_by,
            deny_reason: row.deny_reason,
          }
        : null,
  };
}

export interface Counts {
  mine: number;
  all: number;
}

/** How many cards wait: for this person, and in all. Identical requests are one card. */
export async function countPending(tenant: string, viewer: { person: string; all: boolean }): Promise<Counts> {
  const count = async (mine: boolean) => {
    const { where, values } = conditions(tenant, viewer, { status: ["pending"], mine, limit: 1 }, true);
    return readTenant(tenant, async (client) => {
      const { rows } = await client.query<{ count: number }>(
        `with mine as (${MY_CHAINS}) select count(distinct (r.agent_id, r.action_digest))::int as count
         from requests r join agents a on a.tenant_id = r.tenant_id and a.id = r.agent_id where ${where.join(" and ")}`,
        values,
      );
      return rows[0]?.count ?? 0;
    });
  };
  const [mine, all] = await Promise.all([count(true), count(false)]);
  return { mine, all };
}
