import { readTimeline, type TimelineEntry } from "@/lib/audit/timeline";
import { readToolVersion } from "@/lib/catalog/tools";
import type { Impact, Reversibility } from "@/lib/catalog/terms";
import { doorValue } from "@/lib/db/door";
import { readTenant, type Reader } from "@/lib/db/tenant";
import type { SignedIn } from "@/lib/people/schema";
import { readsAll, type Role } from "@/lib/people/roles";
import { isoTime } from "@/lib/platform/iso-time";
import type { Quorum } from "@/lib/policy/schema";
import { parsePolicy } from "@/lib/policy/parse";
import type { PolicyError, Tried } from "@/lib/policy/runner";
import { heading, type HeadingPart } from "./heading";
import { markOpened, readEarlier, readMemory, type Earlier, type Memory } from "./memory";
import { present } from "./present";
import { notFound } from "./problems";
import type { RequestRow } from "./row";
import type { Approval } from "./schema";
import { readRequest } from "./store";

/** Everything the review screen shows: facts the system derived, apart from what the agent claims. */
export interface Review {
  approval: Approval;
  heading: HeadingPart[];
  tool: {
    title: string | null;
    method: string | null;
    path: string | null;
    impact: Impact;
    reversibility: Reversibility;
    justification: string | null;
  } | null;
  /** Pointers to show first. */
  sensitive: string[];
  not_inspectable: string[];
  owner: { id: string; name: string };
  /** The agent is in trial and this writes: it can be denied, and not approved. */
  in_trial: boolean;
  policy: {
    version: number;
    rule: string | null;
    position: number | null;
    rules: number;
    /** Every rule and expression, and why it did or did not decide. */
    tried: Tried[];
    errors: PolicyError[];
  };
  path: PathLevel[];
  you: {
    /** Null: you may decide. Otherwise why not. */
    refusal: "requester" | "not_asked" | "already_voted" | "role" | null;
    may_escalate: boolean;
    has_password: boolean;
    /** It was you who decided it. */
    decided: boolean;
  };
  decided_by: string | null;
  /** Several must approve: how many (of each role), and who has. */
  quorum: { needed: Quorum; votes: { person: string; name: string; at: string }[] } | null;
  session: { calls: SessionCall[]; count: number };
  similar: { approved: number; denied: number };
  block: { id: string; ends_at: string; may_lift: boolean } | null;
  /** What a retry of this call would meet; null: nothing any more. */
  memory: (Memory & { may_lift: boolean }) | null;
  /** What this one met again. */
  earlier: Earlier | null;
  timeline: TimelineEntry[];
  now: string;
}

export interface PathLevel {
  level: number;
  people: { id: string; name: string; roles: Role[]; able: boolean }[];
  escalate_after: number | null;
}

export interface SessionCall {
  id: string;
  at: string;
  heading: HeadingPart[];
  status: RequestRow["state"];
}

interface Standing {
  refusal: "requester" | "not_asked" | "already_voted" | null;
  next_level: number | null;
  path: PathLevel[] | null;
}

/** May this person read this request? Owners see those of their own agents. */
export const mayRead = (person: SignedIn, row: RequestRow) => readsAll(person) || row.owner_id === person.personId;

/** @throws notFound, also for what is not theirs to see */
export async function readReview(person: SignedIn, id: string): Promise<Review> {
  const row = await readRequest(person.tenant, id);
  if (!row || !mayRead(person, row)) throw notFound();
  const [tool, standing] = await Promise.all([
    row.tool_id !== null && row.tool_version !== null ? readToolVersion(person.tenant, row.tool_id, row.tool_version) : null,
    doorValue<Standing>(person.tenant, "read_standing", [id, person.personId]),
  ]);
  const around = await readTenant(person.tenant, async (client) => ({
    owner: await readName(client, row.tenant_id, row.owner_id),
    in_trial: await onlyReads(client, row),
    policy: await readRule(client, row),
    session: await readSession(client, row),
    similar: await readSimilar(client, row),
    block: await readBlock(client, row, person, standing.path ?? []),
    memory: await readMemory(client, row),
    earlier: await readEarlier(client, row),
    timeline: await readTimeline(client, row.tenant_id, row.id),
  }));
  if (row.state === "pending" && standing.refusal === null) await markOpened(person, row.id);
  const decides = person.roles.includes("approver") || person.roles.includes("security_officer");
  return {
    approval: present(row),
    heading: heading(tool, row),
    tool: tool && {
      title: tool.title,
      method: tool.method,
      path: tool.path,
      impact: tool.impact,
      reversibility: tool.reversibility,
      justification: tool.justification,
    },
    sensitive: tool?.sensitive ?? [],
    not_inspectable: row.not_inspectable,
    path: standing.path ?? [],
    you: {
      refusal: standing.refusal === "not_asked" && !decides ? "role" : standing.refusal,
      may_escalate: row.state === "pending" && standing.refusal === null && standing.next_level !== null,
      has_password: person.hasPassword,
      decided: row.decided_person === person.personId,
    },
    decided_by: row.decided_by_name,
    quorum: row.quorum === null ? null : { needed: row.quorum, votes: row.votes ?? [] },
    now: isoTime(row.now),
    ...around,
    memory: around.memory && { ...around.memory, may_lift: inChain(standing.path ?? [], person) },
  };
}

async function readName(client: Reader, tenant: string, id: string) {
  const { rows } = await client.query<{ name: string }>("select name from people where tenant_id = $1 and id = $2", [tenant, id]);
  return { id, name: rows[0]?.name ?? "" };
}

async function onlyReads(client: Reader, row: RequestRow): Promise<boolean> {
  const { rows } = await client.query("select from agents where tenant_id = $1 and id = $2 and stage = 'trial'", [
    row.tenant_id,
    row.agent_id,
  ]);
  return rows.length > 0 && row.action_type !== "read";
}

/** Where in its policy the rule that fired stands. */
async function readRule(client: Reader, row: RequestRow): Promise<Review["policy"]> {
  const { rows } = await client.query<{ document: string }>("select document from policies where tenant_id = $1 and version = $2", [
    row.tenant_id,
    row.policy_version,
  ]);
  const rules = rows[0] ? parsePolicy(rows[0].document).rules : [];
  const at = rules.findIndex((rule) => rule.name === row.rule);
  const explained = await client.query<{ body: { tried: Tried[]; errors: PolicyError[] } }>(
    "select body from explanations where tenant_id = $1 and digest = $2",
    [row.tenant_id, row.explanation],
  );
  const { tried, errors } = explained.rows[0]?.body ?? { tried: [], errors: [] };
  return { version: row.policy_version, rule: row.rule, position: at < 0 ? null : at + 1, rules: rules.length, tried, errors };
}

type CallRow = RequestRow & { title: string | null; method: string | null };

/** The last calls of the same agent's session before this one, among the agent's thousand latest. */
async function readSession(client: Reader, row: RequestRow): Promise<Review["session"]> {
  const { rows } = await client.query<CallRow & { count: number }>(
    `select r.id, r.created_at, case when r.state = 'pending' and r.expires_at <= door_clock() then 'expired' else r.state end as state, r.tool_name, r.action_type, r.arguments, r.resource, r.decisive, v.title, v.method, count(*) over ()::int as count
     from (select * from requests where tenant_id = $1 and agent_id = $2 and id < $4 order by id desc limit 1000) r
       left join tool_versions v on v.tenant_id = r.tenant_id and v.tool_id = r.tool_id and v.version = r.tool_version
     where r.session_id = $3 order by r.id desc limit 3`,
    [row.tenant_id, row.agent_id, row.session_id, row.id],
  );
  return {
    count: (rows[0]?.count ?? 0) + 1,
    calls: rows.map((call) => ({ id: call.id, at: call.created_at, heading: heading(call, call), status: call.state })),
  };
}

/** What people decided about this agent and tool in 30 days. */
async function readSimilar(client: Reader, row: RequestRow): Promise<Review["similar"]> {
  const { rows } = await client.query<{ approved: number; denied: number }>(
    `select count(*) filter (where state = 'approved')::int as approved, count(*) filter (where state = 'denied')::int as denied
     from requests where tenant_id = $1 and agent_id = $2 and tool_name = $3 and chain_id is not null and decided_by = 'person'
       and updated_at > clock_timestamp() - interval '30 days'`,
    [row.tenant_id, row.agent_id, row.tool_name],
  );
  return rows[0] ?? { approved: 0, denied: 0 };
}

const inChain = (path: PathLevel[], person: SignedIn) =>
  path.some((level) => level.people.some((member) => member.id === person.personId && member.able));

async function readBlock(client: Reader, row: RequestRow, person: SignedIn, path: PathLevel[]): Promise<Review["block"]> {
  const { rows } = await client.query<{ id: string; ends_at: string }>(
    `select id, ends_at from blocks where tenant_id = $1 and agent_id = $2 and tool_id = $3 and lifted_at is null and ends_at > door_clock()
     order by ends_at desc limit 1`,
    [row.tenant_id, row.agent_id, row.tool_id],
  );
  const [block] = rows;
  return block ? { id: block.id, ends_at: block.ends_at, may_lift: inChain(path, person) } : null;
}
