-- Agents ask. An array in, a row per item out; a refusal is a column, never an exception, so one bad item cannot spoil
-- its group. Locks: gate (shared), then the unique indexes of requests (idempotency key, twin), in sorted order, so that
-- two groups with the same keys reversed wait and never deadlock. No old request is locked.
drop function if exists ask(jsonb);
drop type if exists ask_item;
drop type if exists ask_answer;
create type ask_item as (
  agent_id uuid, key_id text, session_id text, idempotency_key text, body_digest bytea,
  tool_id uuid, tool_version integer, tool_name text, action_type text,
  arguments jsonb, reason text, trace_url text, resource text, scope text, held text[],
  risk text, irreversibility smallint, blast_radius smallint, privilege smallint, not_inspectable text[], decisive text[],
  rule text, reasons text[], policy_version integer, config_version bigint, action_digest bytea, facts_digest bytea,
  -- What policy said: allow, deny (outcome says why) or ask (the chain to ask). Seconds until the deadline and the use-by.
  effect text, outcome text, chain_id uuid, chain_version integer, timeout integer, use_within integer
);
-- refusal: key_revoked, idempotency_conflict, overdue_twin (expire it, then ask again), stale_config (evaluate again),
-- agent_disabled, again (another ask with the same key or content was faster: ask again and find it).
create type ask_answer as (ord bigint, refusal text, id uuid, fresh boolean, state text, outcome text, retry_at timestamptz,
  created_at timestamptz, expires_at timestamptz, use_by timestamptz, level smallint, level_due_at timestamptz, asks text,
  risk text);

create function ask(p_items jsonb) returns setof ask_answer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_items ask_item[];
  v_config bigint;
  v_now timestamptz;
  v_answers ask_answer[];
begin
  perform pg_advisory_xact_lock_shared(gate());
  select version into v_config from config_versions where tenant_id = v_tenant;
  select array_agg(i) into v_items from jsonb_populate_recordset(null::ask_item, p_items) i;
  v_now := door_clock();

  with judged as materialized (
    select i.*, new_id() as new_id, coalesce(e.id, twin.id) as existing, b.ends_at as blocked_until, able.level,
      case
        when k.id is null or k.agent_id <> i.agent_id or k.revoked_at is not null or k.expires_at <= v_now then 'key_revoked'
        when e.id is not null and e.body_digest is distinct from i.body_digest then 'idempotency_conflict'
        when twin.expires_at <= v_now then 'overdue_twin'
        when coalesce(e.id, twin.id) is not null then null
        when i.config_version is distinct from v_config then 'stale_config'
        when a.status <> 'active' then 'agent_disabled'
      end as refusal,
      case
        when i.effect = 'deny' or g.id is null or b.id is not null then 'denied'
        when i.effect = 'allow' then 'approved'
        when able.level is null then 'denied'
        else 'pending'
      end as state,
      case
        when i.effect = 'deny' then i.outcome
        when g.id is null then 'not_granted'
        when b.id is not null then 'blocked'
        when i.effect = 'allow' then 'policy'
        when able.level is null then 'no_approver'
      end as result
    from unnest(v_items) with ordinality as i
      left join agent_keys k on k.tenant_id = v_tenant and k.id = i.key_id
      left join agents a on a.tenant_id = v_tenant and a.id = i.agent_id
      left join grants g on g.tenant_id = v_tenant and g.agent_id = i.agent_id and g.tool_id = i.tool_id and g.revoked_at is null
      left join lateral (select b.id, b.ends_at from blocks b where b.tenant_id = v_tenant and b.agent_id = i.agent_id
        and b.tool_id = i.tool_id and b.lifted_at is null and b.ends_at > v_now order by b.ends_at desc limit 1) b on true
      left join requests e on e.tenant_id = v_tenant and e.agent_id = i.agent_id and e.idempotency_key = i.idempotency_key
      left join lateral (select r.id, r.expires_at from requests r where i.effect = 'ask' and i.idempotency_key is null
        and r.tenant_id = v_tenant and r.agent_id = i.agent_id and r.session_id = i.session_id
        and r.action_digest = i.action_digest and r.state = 'pending' limit 1) twin on true
      left join lateral (select able_level(i.chain_id, i.chain_version, 1, i.agent_id, i.key_id) as level
        where i.effect = 'ask') able on true
  ), written as (
    insert into requests as r (id, tenant_id, state, agent_id, key_id, session_id, idempotency_key, body_digest, tool_id,
      tool_version, tool_name, action_type, arguments, reason, trace_url, resource, scope, held, risk, irreversibility,
      blast_radius, privilege, not_inspectable, decisive, rule, reasons, policy_version, config_version, action_digest,
      facts_digest, chain_id, chain_version, level, level_asked_at, level_due_at, able_config, created_at, updated_at, expires_at,
      decided_at, decided_by, outcome, validity, granted_scope, use_by, uses_left, retry_at)
    select j.new_id, v_tenant, j.state, j.agent_id, j.key_id, j.session_id, j.idempotency_key, j.body_digest, j.tool_id,
      j.tool_version, j.tool_name, j.action_type, j.arguments, j.reason, j.trace_url, j.resource, j.scope, j.held, j.risk,
      j.irreversibility, j.blast_radius, j.privilege, j.not_inspectable, j.decisive, j.rule, j.reasons, j.policy_version,
      j.config_version, j.action_digest, j.facts_digest, p.chain_id, p.chain_version, p.level, p.asked_at, p.due_at,
      p.able_config, v_now, v_now, v_now + make_interval(secs => j.timeout), d.decided_at, d.decided_by, j.result,
      y.validity, y.scope, y.use_by, y.uses, case j.result when 'blocked' then j.blocked_until end
    from judged j
      left join lateral (select j.chain_id, j.chain_version, j.level, v_now as asked_at, v_config as able_config,
        level_due(j.chain_id, j.chain_version, j.level, j.agent_id, j.key_id, v_now) as due_at where j.state = 'pending') p on true
      left join lateral (select v_now as decided_at, 'policy' as decided_by where j.state <> 'pending') d on true
      left join lateral (select 'once' as validity, j.scope, v_now + make_interval(secs => j.use_within) as use_by, 1 as uses
        where j.state = 'approved') y on true
    where j.refusal is null and j.existing is null
    order by j.idempotency_key, j.agent_id, j.session_id, j.action_digest
    on conflict do nothing
    returning r.*
  ), recorded as (
    insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, action_type, requested_scope,
      granted_scope, resource_id, result_status, session_id, request_id, revision, detail)
    select v_tenant, v_now, 'approval.' || case w.state when 'pending' then 'requested' else w.state end,
      case w.state when 'pending' then 'agent' else 'policy' end, case w.state when 'pending' then w.key_id end,
      w.agent_id, w.tool_name, w.action_type, w.scope, w.granted_scope, w.resource,
      case w.state when 'denied' then 'denied' else 'success' end, w.session_id, w.id, w.revision,
      jsonb_strip_nulls(jsonb_build_object('outcome', w.outcome, 'rule', w.rule, 'reasons', w.reasons, 'risk', w.risk,
        'policy', w.policy_version, 'level', w.level, 'skipped', nullif(w.level, 1) - 1, 'key', w.key_id))
    from written w
  ), told as (
    insert into outbox (tenant_id, channel, request_id, level, person_id, created_at, due_at)
    select v_tenant, 'push', w.id, w.level, person, v_now, v_now
    from written w, able_people(w.chain_id, w.chain_version, w.level, w.agent_id, w.key_id) person
    where w.state = 'pending' and w.risk = 'high'
  )
  select array_agg(row(j.ordinality, coalesce(j.refusal, case when j.existing is null and w.id is null then 'again' end),
      coalesce(j.existing, w.id), w.id is not null, w.state, w.outcome, w.retry_at, w.created_at, w.expires_at, w.use_by,
      w.level, w.level_due_at,
      case when w.state = 'pending' then level_kind(w.chain_id, w.chain_version, w.level, w.agent_id, w.key_id) end, w.risk)::ask_answer)
  into v_answers
  from judged j left join written w on w.id = j.new_id;

  perform announce(array_agg(a.id), min(least(a.expires_at, a.level_due_at, case a.risk when 'high' then v_now end)))
  from unnest(v_answers) a where a.state = 'pending' having count(*) > 0;
  return query select * from unnest(v_answers);
end $$;
grant execute on function ask(jsonb) to licet_app;
