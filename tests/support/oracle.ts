import type pg from "pg";
import { actionDigest, decisionDigest, factsDigest } from "@/lib/approvals/digest";
import { changeDigest, changeFactsDigest } from "@/lib/changes/propose";
import { Content } from "@/lib/changes/schema";

/**
 * What must hold in a whole database, whatever was done to it: each query finds what breaks an invariant, and finds nothing
 * (design: S1 to S5, L1 to L3). Run by `World.stop` after every integration test file, and by the crash and race tests.
 */
const NOTHING_MAY_BE_FOUND: Record<string, string> = {
  "every revision has exactly one audit record": `
    select r.id, r.revision, a.records from requests r cross join lateral (
      select count(*) as records, count(distinct a.revision) as distinct_ones, min(a.revision) as first, max(a.revision) as last
      from audit_records a where a.tenant_id = r.tenant_id and a.request_id = r.id and a.revision is not null) a
    where (a.records, a.distinct_ones, a.first, a.last) is distinct from (r.revision::bigint, r.revision::bigint, 1, r.revision)`,

  "the last record says the state": `
    select r.id, r.state, a.event from requests r join audit_records a on a.tenant_id = r.tenant_id and a.request_id = r.id and a.revision = r.revision
    where case r.state when 'pending' then a.event not in ('approval.requested', 'approval.escalated', 'approval.edited', 'approval.voted')
      else a.event <> 'approval.' || r.state end`,

  "a request ends once": `
    select request_id, array_agg(event) from audit_records
    where event in ('approval.approved', 'approval.denied', 'approval.expired', 'approval.cancelled')
    group by tenant_id, request_id having count(*) > 1`,

  "a record belongs to a request": `
    select a.id, a.request_id from audit_records a
    where a.request_id is not null and not exists (select from requests r where r.tenant_id = a.tenant_id and r.id = a.request_id)`,

  "nothing is approved at or after its deadline": `
    select r.id, r.expires_at, r.decided_at, a.at from requests r
      left join audit_records a on a.tenant_id = r.tenant_id and a.request_id = r.id and a.event = 'approval.approved'
    where r.state = 'approved' and (r.decided_at >= r.expires_at or a.at is null or a.at >= r.expires_at or a.at <> r.decided_at)`,

  "nothing expires before its deadline": `
    select id from requests where state = 'expired' and decided_at < expires_at`,

  "an approval comes from a person's vote, from policy at the moment it was asked, or from policy where silence allows": `
    select r.id, r.decided_by, r.outcome from requests r where r.state = 'approved' and not case r.decided_by
      when 'policy' then (r.outcome = 'allowed_on_timeout' and r.on_timeout = 'allow' and r.risk = 'low' and r.quorum is null)
        or r.revision = 1 and r.outcome = 'policy' and r.decided_at = r.created_at and r.rule is not null
      when 'person' then exists (select from votes v where v.tenant_id = r.tenant_id and v.request_id = r.id
        and v.content_version = r.content_version and v.person_id = r.decided_person and v.verdict = 'approve'
        and v.digest = r.decision_digest and v.cast_at = r.decided_at)
      else false end`,

  "each vote decided its request, or is one of several": `
    select v.request_id, v.person_id from votes v join requests r on r.tenant_id = v.tenant_id and r.id = v.request_id
    where not (r.quorum is not null and v.verdict = 'approve') and (r.decided_person is distinct from v.person_id or r.state <> case v.verdict when 'approve' then 'approved' else 'denied' end)`,

  "what several must approve has as many humans' votes for the version that was approved": `
    select r.id, r.quorum from requests r where r.state = 'approved' and r.quorum is not null
      and (select count(distinct p.account_id) from votes v join people p on p.tenant_id = v.tenant_id and p.id = v.person_id
          where v.tenant_id = r.tenant_id and v.request_id = r.id and v.content_version = r.content_version and v.verdict = 'approve')
        < case jsonb_typeof(r.quorum) when 'number' then r.quorum::integer else (select sum(value::integer) from jsonb_each_text(r.quorum)) end`,

  "who decided stood in a level that was asked": `
    select r.id, r.decided_person from requests r
      join chain_versions c on c.tenant_id = r.tenant_id and c.chain_id = r.chain_id and c.version = r.chain_version
    where r.decided_by = 'person' and not exists (
      select from jsonb_array_elements(c.levels) with ordinality as t (level, n)
      where n <= r.level and level -> 'people' ? r.decided_person::text)`,

  "who decided is not on the requester's side": `
    select r.id, r.decided_person from requests r
      join agents a on a.tenant_id = r.tenant_id and a.id = r.agent_id
      join agent_keys k on k.tenant_id = r.tenant_id and k.id = r.key_id
    where r.decided_person = k.created_by or (r.decided_person = a.owner_id and not exists (
      select from audit_records c where c.tenant_id = r.tenant_id and c.event = 'config.agents.update' and c.agent_id = a.id
        and c.detail -> 'after' ? 'owner_id'))`,

  "a change is approved by an admin other than its proposer": `
    select r.id from requests r where r.kind = 'change' and r.state in ('approved', 'denied')
      and (r.decided_person is null or r.decided_person is not distinct from r.proposed_by)`,

  "high risk is approved by who had just entered their password, for this version, once": `
    select r.id, v.person_id from votes v join requests r on r.tenant_id = v.tenant_id and r.id = v.request_id
    where v.verdict = 'approve' and r.risk = 'high' and not exists (
      select from step_ups s where s.tenant_id = v.tenant_id and s.request_id = v.request_id and s.content_version = v.content_version
        and s.person_id = v.person_id and s.used_at = v.cast_at and s.proved_at > v.cast_at - interval '2 minutes')`,

  "a level is asked once": `
    select request_id, detail ->> 'to' from audit_records where event = 'approval.escalated'
    group by tenant_id, request_id, detail ->> 'to' having count(*) > 1`,

  "only high risk reaches for devices, and only those of people the level names": `
    select o.id from outbox o join requests r on r.tenant_id = o.tenant_id and r.id = o.request_id
      left join chain_versions c on c.tenant_id = r.tenant_id and c.chain_id = r.chain_id and c.version = r.chain_version
    where r.risk <> 'high' or (c.levels -> (o.level - 1) -> 'people' ? o.person_id::text) is not true`,

  "whoever was asked about high risk is told": `
    select r.id, r.level from requests r where r.chain_id is not null and r.risk = 'high'
      and not exists (select from outbox o where o.tenant_id = r.tenant_id and o.request_id = r.id and o.level = r.level)`,

  "a block comes from silence": `
    select b.id from blocks b join requests r on r.tenant_id = b.tenant_id and r.id = b.request_id
    where r.state <> 'expired' or r.retry_at is distinct from b.ends_at or (r.agent_id, r.tool_id) is distinct from (b.agent_id, b.tool_id)`,

  "the scheduler looks again before anything is due": `
    select d.tenant_id, d.next_due, t.at from due d cross join lateral (
      select min(least(expires_at, level_due_at)) as at from requests where tenant_id = d.tenant_id and state = 'pending'
      union all
      select min(due_at) from outbox where tenant_id = d.tenant_id and settled_at is null) t
    where d.next_due > t.at`,

  // The hot table has no foreign keys (see the migration): this stands in for them.
  "no reference leads nowhere": `
    select r.id, a.id as agent, k.id as key, t.tool_id as tool, c.chain_id as chain, p.id as person, o.version as policy from requests r
      left join agents a on a.tenant_id = r.tenant_id and a.id = r.agent_id
      left join agent_keys k on k.tenant_id = r.tenant_id and k.id = r.key_id and k.agent_id = r.agent_id
      left join tool_versions t on t.tenant_id = r.tenant_id and t.tool_id = r.tool_id and t.version = r.tool_version
      left join chain_versions c on c.tenant_id = r.tenant_id and c.chain_id = r.chain_id and c.version = r.chain_version
      left join people p on p.tenant_id = r.tenant_id and p.id = r.decided_person
      left join policies o on o.tenant_id = r.tenant_id and o.version = r.policy_version
    where (r.kind = 'action' and (a.id is null or k.id is null)) or o.version is null or (r.tool_id is not null and t.tool_id is null)
      or (r.chain_id is not null and c.chain_id is null) or (r.decided_person is not null and p.id is null)`,
};

/** @param admin  a superuser's connection: sees every tenant */
export async function consult(admin: pg.Pool): Promise<void> {
  const broken: string[] = [];
  for (const [invariant, query] of Object.entries(NOTHING_MAY_BE_FOUND)) {
    const { rows } = await admin.query<object>(`${query} limit 5`);
    if (rows.length) broken.push(`${invariant}: ${JSON.stringify(rows)}`);
  }
  broken.push(...(await wrongDigests(admin)));
  if (broken.length) throw new Error(`The oracle found what must not be:\n${broken.join("\n")}`);
}

interface DigestRow {
  tenant_id: string;
  id: string;
  kind: "action" | "change";
  proposed_by: string | null;
  reason: string;
  agent_id: string;
  tool_name: string;
  definition: string | null;
  arguments: Parameters<typeof actionDigest>[0]["arguments"];
  resource: string | null;
  scope: string | null;
  facts: Omit<Parameters<typeof factsDigest>[0], "tool">;
  tool: Parameters<typeof factsDigest>[0]["tool"];
  decision: Parameters<typeof decisionDigest>[0] | null;
  action_digest: string;
  facts_digest: string;
  decision_digest: string | null;
}

/** All three digests, computed anew from what the rows say. */
async function wrongDigests(admin: pg.Pool): Promise<string[]> {
  const { rows } = await admin.query<DigestRow>(`
    select r.tenant_id, r.id, r.kind, r.proposed_by, r.reason, r.agent_id, r.tool_name, encode(t.definition_hash, 'hex') as definition, r.arguments, r.resource, r.scope,
      json_build_object('risk', r.risk, 'irreversibility', r.irreversibility, 'blast_radius', r.blast_radius, 'privilege', r.privilege,
        'not_inspectable', r.not_inspectable, 'rule', r.rule, 'reasons', r.reasons, 'held', r.held, 'explanation', r.explanation,
        'policy', r.policy_version)::jsonb || jsonb_strip_nulls(jsonb_build_object('quorum', r.quorum, 'on_timeout', r.on_timeout)) as facts,
      case when t.tool_id is not null then json_build_object('title', t.title, 'action', t.action, 'impact', t.impact,
        'reversibility', t.reversibility) end as tool,
      case when r.decision_digest is not null or v.verdict is not null then json_build_object('action', encode(r.action_digest, 'hex'), 'facts', encode(r.facts_digest, 'hex'),
        'request', r.id, 'version', r.content_version, 'verdict', v.verdict, 'comment', r.comment, 'deny_reason', r.deny_reason,
        'validity', r.validity, 'granted_scope', r.granted_scope, 'use_within', extract(epoch from r.use_by - r.decided_at)::integer,
        'policy', r.policy_version, 'chain', case when r.chain_id is not null then json_build_object('id', r.chain_id, 'version', r.chain_version) end, 'decider', r.decided_person,
        'quorum', coalesce(r.quorum, '1')) end as decision,
      encode(r.action_digest, 'hex') as action_digest, encode(r.facts_digest, 'hex') as facts_digest, encode(r.decision_digest, 'hex') as decision_digest
    from requests r left join tool_versions t on t.tenant_id = r.tenant_id and t.tool_id = r.tool_id and t.version = r.tool_version
      left join votes v on v.tenant_id = r.tenant_id and v.request_id = r.id and v.person_id = r.decided_person and v.content_version = r.content_version`);
  return rows.flatMap((row) => {
    const [action, facts] = row.kind === "change" ? digestsOfChange(row) : digestsOfAction(row);
    const decision = row.decision && decisionDigest(row.decision).toString("hex");
    const wrong = [
      action !== row.action_digest && "action",
      facts !== row.facts_digest && "facts",
      decision !== row.decision_digest && "decision",
    ].filter(Boolean);
    return wrong.length ? [`the ${wrong.join(" and ")} digest of ${row.id} is not what its row says`] : [];
  });
}

const digestsOfAction = (row: DigestRow) => [
  actionDigest({
    tenant: row.tenant_id,
    agent: row.agent_id,
    tool: row.tool_name,
    definition: row.definition,
    arguments: row.arguments,
    resource: row.resource,
    scope: row.scope,
  }).toString("hex"),
  factsDigest({ ...row.facts, tool: row.tool }).toString("hex"),
];

const digestsOfChange = (row: DigestRow) => [
  changeDigest(row.tenant_id, Content.parse(row.arguments)).toString("hex"),
  changeFactsDigest(row.proposed_by, row.reason).toString("hex"),
];
