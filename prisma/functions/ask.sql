-- Agents ask. An array in, a row per item out; a refusal is a column, never an exception, so one bad item cannot spoil
-- its group. Locks: gate (shared), then the unique indexes of requests (idempotency key, twin), in sorted order, so that
-- two groups with the same keys reversed wait and never deadlock. No old request is locked.
drop function if exists ask(jsonb);
drop type if exists ask_item;
drop type if exists ask_answer;
drop type if exists ask_way;
create type ask_item as (
  agent_id uuid, key_id text, session_id text, idempotency_key text, body_digest bytea,
  tool_id uuid, tool_version integer, tool_name text, action_type text,
  arguments jsonb, reason text, trace_url text, resource text, scope text, held text[],
  risk text, irreversibility smallint, blast_radius smallint, privilege smallint, not_inspectable text[], decisive text[],
  rule text, reasons text[], policy_version integer, config_version bigint, action_digest bytea, facts_digest bytea,
  -- What policy said: allow, deny (outcome says why) or ask (the chain to ask). Seconds until the deadline and the use-by.
  effect text, outcome text, chain_id uuid, chain_version integer, timeout integer, use_within integer
);
-- Where asks of one agent by one key to one chain go: the first level that somebody is able to decide at.
create type ask_way as (chain_id uuid, chain_version integer, agent_id uuid, key_id text, level smallint, people uuid[], kind text, move_after integer);
-- refusal: key_revoked, idempotency_conflict, overdue_twin (expire it, then ask again), stale_config (evaluate again),
-- agent_disabled, again (another ask with the same key or content was faster: ask again and find it).
create type ask_answer as (ord bigint, refusal text, id uuid, fresh boolean, state text, outcome text, retry_at timestamptz,
  created_at timestamptz, expires_at timestamptz, use_by timestamptz, level smallint, level_due_at timestamptz, asks text,
  risk text, people uuid[]);

create function ask(p_items jsonb) returns setof ask_answer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
  -- The plan is made once. Statistics of a young database would make it read whole tables.
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  v_tenant text := current_tenant();
  v_config bigint;
  v_now timestamptz;
  v_ways ask_way[];
  v_answers ask_answer[];
begin
  if pg_advisory_xact_lock_shared(gate()) is null then
    return;
  end if;
  select version into v_config from config_versions where tenant_id = v_tenant;
  if p_items @? '$[*] ? (@.effect == "ask")' then
    select array_agg(row(i.chain_id, i.chain_version, i.agent_id, i.key_id, l.level, l.people, l.kind, l.move_after)::ask_way) into v_ways
    from (select distinct chain_id, chain_version, agent_id, key_id from jsonb_populate_recordset(null::ask_item, p_items) where effect = 'ask') i
      cross join lateral (select * from able_levels(i.chain_id, i.chain_version, i.agent_id, i.key_id) order by level limit 1) l;
  end if;
  v_now := door_clock();

  with items as materialized (
    select * from jsonb_populate_recordset(null::ask_item, p_items) with ordinality
  ), contexts as materialized (
    -- Looked up once for all calls of one tool by one key. Each look-up by itself (the limit keeps it one): joined freely,
    -- PostgreSQL would read a tenant's whole table.
    select c.*, k.held_by, k.revoked_at, k.expires_at, k.status, g.granted, b.blocked_until
    from (select distinct agent_id, key_id, tool_id from items) c
      left join lateral (select k.agent_id as held_by, k.revoked_at, k.expires_at, a.status from agent_keys k
        join agents a on a.tenant_id = k.tenant_id and a.id = k.agent_id where k.tenant_id = v_tenant and k.id = c.key_id limit 1) k on true
      left join lateral (select true as granted from grants g where g.tenant_id = v_tenant and g.agent_id = c.agent_id
        and g.tool_id = c.tool_id and g.revoked_at is null limit 1) g on true
      left join lateral (select b.ends_at as blocked_until from blocks b where b.tenant_id = v_tenant and b.agent_id = c.agent_id
        and b.tool_id = c.tool_id and b.lifted_at is null and b.ends_at > v_now order by b.ends_at desc limit 1) b on true
  ), judged as materialized (
    select i.ordinality, new_id() as new_id, coalesce(found.id, twin.id) as existing, c.blocked_until,
      way.level, way.people, way.kind, way.move_after,
      case
        when c.held_by is distinct from i.agent_id or c.revoked_at is not null or c.expires_at <= v_now then 'key_revoked'
        when found.body_digest <> i.body_digest then 'idempotency_conflict'
        when twin.expires_at <= v_now then 'overdue_twin'
        when coalesce(found.id, twin.id) is not null then null
        when i.config_version is distinct from v_config then 'stale_config'
        when c.status <> 'active' then 'agent_disabled'
      end as refusal,
      case
        when i.effect = 'deny' or c.granted is null or c.blocked_until is not null then 'denied'
        when i.effect = 'allow' then 'approved'
        when way.level is null then 'denied'
        else 'pending'
      end as state,
      case
        when i.effect = 'deny' then i.outcome
        when c.granted is null then 'not_granted'
        when c.blocked_until is not null then 'blocked'
        when i.effect = 'allow' then 'policy'
        when way.level is null then 'no_approver'
      end as result
    from items i
      join contexts c on c.agent_id = i.agent_id and c.key_id = i.key_id and c.tool_id is not distinct from i.tool_id
      left join lateral (select r.id, r.body_digest from requests r where i.idempotency_key is not null and r.tenant_id = v_tenant
        and r.agent_id = i.agent_id and r.idempotency_key = i.idempotency_key limit 1) found on true
      left join lateral (select r.id, r.expires_at from requests r where i.effect = 'ask' and i.idempotency_key is null
        and r.tenant_id = v_tenant and r.agent_id = i.agent_id and r.session_id = i.session_id
        and r.action_digest = i.action_digest and r.state = 'pending' and (r.expires_at > v_now or r.idempotency_key is null)
        order by r.expires_at > v_now desc limit 1) twin on true
      left join unnest(v_ways) way on i.effect = 'ask' and way.chain_id = i.chain_id and way.chain_version = i.chain_version
        and way.agent_id = i.agent_id and way.key_id = i.key_id
  ), written as (
    insert into requests as r (id, tenant_id, state, agent_id, key_id, session_id, idempotency_key, body_digest, tool_id,
      tool_version, tool_name, action_type, arguments, reason, trace_url, resource, scope, held, risk, irreversibility,
      blast_radius, privilege, not_inspectable, decisive, rule, reasons, policy_version, config_version, action_digest,
      facts_digest, chain_id, chain_version, level, level_asked_at, level_due_at, able_config, created_at, updated_at, expires_at,
      decided_at, decided_by, outcome, validity, granted_scope, use_by, uses_left, retry_at)
    select j.new_id, v_tenant, j.state, i.agent_id, i.key_id, i.session_id, i.idempotency_key, i.body_digest, i.tool_id,
      i.tool_version, i.tool_name, i.action_type, i.arguments, i.reason, i.trace_url, i.resource, i.scope, i.held, i.risk,
      i.irreversibility, i.blast_radius, i.privilege, i.not_inspectable, i.decisive, i.rule, i.reasons, i.policy_version,
      i.config_version, i.action_digest, i.facts_digest,
      case j.state when 'pending' then i.chain_id end, case j.state when 'pending' then i.chain_version end,
      case j.state when 'pending' then j.level end, case j.state when 'pending' then v_now end,
      case j.state when 'pending' then v_now + make_interval(secs => j.move_after) end,
      case j.state when 'pending' then v_config end, v_now, v_now, v_now + make_interval(secs => i.timeout),
      case when j.state <> 'pending' then v_now end, case when j.state <> 'pending' then 'policy' end, j.result,
      case j.state when 'approved' then 'once' end, case j.state when 'approved' then i.scope end,
      case j.state when 'approved' then v_now + make_interval(secs => i.use_within) end,
      case j.state when 'approved' then 1 end, case j.result when 'blocked' then j.blocked_until end
    from judged j join items i using (ordinality)
    where j.refusal is null and j.existing is null
    order by i.idempotency_key, i.agent_id, i.session_id, i.action_digest
    on conflict do nothing
    returning r.*
  ), recorded as (
    insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, action_type, requested_scope,
      granted_scope, resource_id, result_status, session_id, request_id, revision, detail)
    select v_tenant, v_now, 'approval.' || case w.state when 'pending' then 'requested' else w.state end,
      case w.state when 'pending' then 'agent' else 'policy' end, case w.state when 'pending' then w.key_id end,
      w.agent_id, w.tool_name, w.action_type, w.scope, w.granted_scope, w.resource,
      case w.state when 'denied' then 'denied' else 'success' end, w.session_id, w.id, 1,
      jsonb_strip_nulls(jsonb_build_object('outcome', w.outcome, 'rule', w.rule, 'reasons', w.reasons, 'risk', w.risk,
        'policy', w.policy_version, 'level', w.level, 'skipped', nullif(w.level, 1) - 1, 'key', w.key_id))
    from written w
  )
  select array_agg(row(j.ordinality, coalesce(j.refusal, case when j.existing is null and w.id is null then 'again' end),
      coalesce(j.existing, w.id), w.id is not null, w.state, w.outcome, w.retry_at, v_now, w.expires_at, w.use_by, w.level, w.level_due_at,
      case when w.level is not null then j.kind end, w.risk, case when w.level is not null then j.people end)::ask_answer)
  into v_answers
  from judged j left join written w on w.id = j.new_id;

  -- Only what people are asked about is told to anybody; calls that policy decides end here.
  if v_ways is not null then
    insert into outbox (tenant_id, channel, request_id, level, person_id, created_at, due_at)
    select v_tenant, 'push', a.id, a.level, person, v_now, v_now
    from unnest(v_answers) a, unnest(a.people) person where a.fresh and a.risk = 'high';
    perform announce(array_agg(a.id), min(least(a.expires_at, a.level_due_at, case a.risk when 'high' then v_now end)), true)
    from unnest(v_answers) a where a.state = 'pending' and a.fresh having count(*) > 0;
  end if;
  return query select * from unnest(v_answers);
end $$;
grant execute on function ask(jsonb) to licet_app;
