-- Agents ask. An array in, a row per item out; a refusal is a column, never an exception, so one bad item cannot spoil
-- its group. Locks: gate (shared), the counters, then the unique indexes of requests (idempotency key, twin), each in sorted
-- order, so that two groups with the same keys reversed wait and never deadlock. No old request is locked.
-- What a call costs whatever its size is preparing its statements, column by column: so judging takes only the columns it
-- needs, and what is written is read from the items once (docs/benchmarks.md).
-- With the functions that take or give them: ask, ask_judge.
drop type if exists ask_item, ask_answer, ask_way, ask_over, counted cascade;
create type ask_item as (
  agent_id uuid, key_id text, session_id text, idempotency_key text, body_digest bytea,
  tool_id uuid, tool_version integer, tool_name text, action_type text,
  arguments jsonb, reason text, trace_url text, resource text, scope text, held text[],
  risk text, irreversibility smallint, blast_radius smallint, privilege smallint, not_inspectable text[], decisive text[],
  policy_version integer, config_version bigint, action_digest bytea, explanation bytea, memory_key bytea,
  memory_for integer
);
-- What a rule comes to. effect: allow, deny (outcome says why) or ask (the chain to ask). Seconds until the deadline.
create type ask_over as (effect text, outcome text, rule text, reasons text[], chain_id uuid, chain_version integer, timeout integer,
  quorum jsonb, on_timeout text, facts_digest bytea);
-- Whom an ask goes to: the first level that somebody is able to decide at.
create type ask_way as (level smallint, people uuid[], kind text, move_after integer);
-- The counters of a group as they stand now, side by side. past: what of the window before still counts; ends: when the
-- window does.
create type counted as (keys text[], modes text[], seconds integer[], starts timestamptz[], ends timestamptz[], current numeric[], previous numeric[], past numeric[],
  mark text[], refused integer[], refused_before integer[]);
-- refusal: key_revoked, idempotency_conflict, overdue_twin (expire it, then ask again), stale_config (evaluate again),
-- agent_disabled, rate_limited (detail says by which limit), again (another ask with the same key or content was faster:
-- ask again and find it).
-- fresh: written just now, under this id; else the request that was there.
create type ask_answer as (ord bigint, refusal text, id uuid, fresh boolean, state text, outcome text, retry_at timestamptz,
  created_at timestamptz, expires_at timestamptz, use_by timestamptz, level smallint, level_due_at timestamptz, asks text,
  risk text, people uuid[], rule text, reasons text[], chain_id uuid, chain_version integer, facts_digest bytea, reserved jsonb,
  again_of uuid, detail text, quorum jsonb, on_timeout text);

-- p_counters: the counters that the items use, each once: key, seconds, mode.
create function ask(p_items jsonb, p_counters jsonb) returns setof ask_answer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
  -- The plan is made once. Statistics of a young database would make it read whole tables.
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  v_tenant text := current_tenant();
  v_config bigint;
  v_counters counters[];
  v_now timestamptz;
  v_answers ask_answer[];
  v_written uuid[];
begin
  if pg_advisory_xact_lock_shared(gate()) is null then
    return;
  end if;
  select version into v_config from config_versions where tenant_id = v_tenant;
  if p_counters is not null then
    v_counters := lock_counters(p_counters);
  end if;
  v_now := door_clock();
  v_answers := ask_judge(p_items, p_counters, v_counters, v_config, v_now);
  if p_items @? '$[*].explained' then
    insert into explanations (tenant_id, digest, body)
    select distinct on (i.explanation) v_tenant, i.explanation, i.explained
    from jsonb_to_recordset(p_items) as i (explanation bytea, explained jsonb) where i.explained is not null
    order by i.explanation on conflict do nothing;
  end if;

  with written as (
    insert into requests as r (id, tenant_id, state, agent_id, key_id, session_id, idempotency_key, body_digest, tool_id,
      tool_version, tool_name, action_type, arguments, reason, trace_url, resource, scope, held, risk, irreversibility,
      blast_radius, privilege, not_inspectable, decisive, rule, reasons, policy_version, config_version, action_digest,
      facts_digest, chain_id, chain_version, level, asks, level_asked_at, level_due_at, able_config, created_at, updated_at, expires_at,
      decided_at, decided_by, outcome, validity, granted_scope, use_by, uses_left, retry_at, explanation, memory_key, memory_for, reserved, again_of, quorum, on_timeout)
    select i.id, v_tenant, i.state, i.agent_id, i.key_id, i.session_id, i.idempotency_key, i.body_digest, i.tool_id,
      i.tool_version, i.tool_name, i.action_type, i.arguments, i.reason, i.trace_url, i.resource, i.scope, i.held, i.risk,
      i.irreversibility, i.blast_radius, i.privilege, i.not_inspectable, i.decisive, i.rule, i.reasons, i.policy_version,
      i.config_version, i.action_digest, i.facts_digest,
      i.chain_id, i.chain_version, i.level, i.asks,
      case i.state when 'pending' then v_now end, i.level_due_at, case i.state when 'pending' then v_config end,
      v_now, v_now, i.expires_at,
      case when i.state <> 'pending' then v_now end, case when i.state <> 'pending' then 'policy' end, i.result,
      case i.state when 'approved' then 'once' end, case i.state when 'approved' then i.scope end, i.use_by,
      case i.state when 'approved' then 1 end, i.retry_at, i.explanation, i.memory_key, i.memory_for, i.reserved, i.again_of, i.quorum, i.on_timeout
    -- Side by side, in the order of the items: names for the columns of ask_answer, then those of ask_item.
    from rows from (unnest(v_answers), jsonb_populate_recordset(null::ask_item, p_items)) as i (ord, refusal, id, fresh, state, result,
      retry_at, asked_at, expires_at, use_by, level, level_due_at, asks, answered_risk, people, rule, reasons, chain_id, chain_version, facts_digest,
      reserved, again_of, detail, quorum, on_timeout)
    where i.fresh
    order by i.idempotency_key, i.agent_id, i.session_id, i.action_digest
    on conflict do nothing
    returning r.id, r.state, r.agent_id, r.key_id, r.tool_name, r.action_type, r.scope, r.granted_scope, r.resource, r.session_id,
      r.outcome, r.rule, r.reasons, r.risk, r.policy_version, r.level
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
  select array_agg(id) into v_written from written;

  -- Only what people are asked about is told to anybody; calls that policy decides end here.
  if exists (select from unnest(v_answers) a where a.state = 'pending' and a.fresh) then
    insert into outbox (tenant_id, channel, request_id, level, person_id, created_at, due_at)
    select v_tenant, 'push', a.id, a.level, person, v_now, v_now
    from unnest(v_answers) a, unnest(a.people) person where a.id = any (v_written) and a.risk = 'high';
    perform announce(array_agg(a.id), min(least(a.expires_at - case a.on_timeout when 'allow' then interval '1 second' else interval '0' end, a.level_due_at, case a.risk when 'high' then v_now end)), true)
    from unnest(v_answers) a where a.state = 'pending' and a.id = any (v_written) having count(*) > 0;
  end if;
  return query
    select a.ord, case when a.fresh and (a.id = any (v_written)) is not true then 'again' else a.refusal end, a.id, a.fresh, a.state,
      a.outcome, a.retry_at, a.created_at, a.expires_at, a.use_by, a.level, a.level_due_at, a.asks, a.risk, a.people, a.rule, a.reasons,
      a.chain_id, a.chain_version, a.facts_digest, a.reserved, a.again_of, a.detail, a.quorum, a.on_timeout
    from unnest(v_answers) a;
end $$;
grant execute on function ask(jsonb, jsonb) to licet_app;
