-- One level up, for the rows the caller has locked and judged; the levels asked before may still decide.
-- Why: by_hand (p_person), no_answer (the level's time is over) or nobody_able (absent, or excluded as the requester's).
create or replace function raise_level(p_ids uuid[], p_now timestamptz, p_person uuid) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_config bigint;
  v_raised uuid[];
  v_next timestamptz;
begin
  select version into v_config from config_versions where tenant_id = v_tenant;
  with raised as (
    update requests r
    set level = n.level, asks = n.kind, level_asked_at = p_now, able_config = v_config, revision = r.revision + 1, updated_at = p_now,
      level_due_at = p_now + make_interval(secs => n.move_after)
    from (
      select o.id, o.level as before, up.level, up.kind, up.people, up.move_after,
        case when p_person is not null then 'by_hand' when o.level_due_at <= p_now then 'no_answer' else 'nobody_able' end as why
      from requests o cross join lateral (select * from able_levels(o.chain_id, o.chain_version, o.agent_id, o.key_id) l
        where l.level > o.level order by l.level limit 1) up
      where o.tenant_id = v_tenant and o.id = any (p_ids)) n
    where r.tenant_id = v_tenant and r.id = n.id
    returning r.*, n.before, n.why, n.people
  ), recorded as (
    insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, action_type, requested_scope,
      resource_id, result_status, session_id, request_id, revision, detail)
    select v_tenant, p_now, 'approval.escalated', case when p_person is null then 'system' else 'person' end, p_person,
      r.agent_id, r.tool_name, r.action_type, r.scope, r.resource, 'success', r.session_id, r.id, r.revision,
      jsonb_build_object('why', r.why, 'from', r.before, 'to', r.level, 'asked', r.people)
    from raised r
  ), told as (
    insert into outbox (tenant_id, channel, request_id, level, person_id, created_at, due_at)
    select v_tenant, 'push', r.id, r.level, person, p_now, p_now
    from raised r, unnest(r.people) person
    where r.risk = 'high'
  )
  select array_agg(id), min(least(level_due_at, case risk when 'high' then p_now end)) into v_raised, v_next from raised;
  if v_raised is not null then
    perform announce(v_raised, coalesce(v_next, 'infinity'));
  end if;
end $$;

-- The scheduler's: levels whose time is over, and requests that were last looked at under an older configuration (somebody
-- left, lost a role, became the agent's owner). Nobody left at any level: denied, no_approver.
create or replace function escalate_due(p_limit integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_config bigint;
  v_checked bigint;
  v_now timestamptz;
  v_ids uuid[];
  v_up uuid[];
  v_nobody uuid[];
  v_denied uuid[];
begin
  perform pg_advisory_xact_lock_shared(gate());
  select version, checked into v_config, v_checked from config_versions where tenant_id = v_tenant;
  select array_agg(id) into v_ids from (
    select id from requests where tenant_id = v_tenant and state = 'pending' and level_due_at <= door_clock()
    order by level_due_at limit p_limit for update skip locked) due;
  if v_ids is null and v_checked < v_config then
    select array_agg(id) into v_ids from (
      select id from requests where tenant_id = v_tenant and state = 'pending' and able_config < v_config
      order by expires_at limit p_limit for update) unchecked;
    if v_ids is null then
      update config_versions set checked = v_config where tenant_id = v_tenant and checked < v_config;
    end if;
  end if;
  if v_ids is null then
    return 0;
  end if;
  v_now := door_clock();

  with judged as (
    select r.id, r.level_due_at <= v_now as silent, able.above, able.lowest, able.here
    from requests r cross join lateral (select min(l.level) as lowest, min(l.level) filter (where l.level > r.level) as above,
      coalesce(bool_or(l.level = r.level), false) as here from able_levels(r.chain_id, r.chain_version, r.agent_id, r.key_id) l) able
    where r.tenant_id = v_tenant and r.id = any (v_ids) and r.state = 'pending' and r.expires_at > v_now
  )
  select array_agg(id) filter (where above is not null and (silent or not here)), array_agg(id) filter (where lowest is null)
  into v_up, v_nobody from judged;

  perform raise_level(v_up, v_now, null);
  with denied as (
    update requests r set state = 'denied', decided_at = v_now, decided_by = 'policy', outcome = 'no_approver',
      revision = r.revision + 1, updated_at = v_now, level_due_at = null
    where r.tenant_id = v_tenant and r.id = any (v_nobody) returning r.*
  ), recorded as (
    insert into audit_records (tenant_id, at, event, actor_kind, agent_id, tool_name, action_type, requested_scope,
      resource_id, result_status, session_id, request_id, revision, detail)
    select v_tenant, v_now, 'approval.denied', 'policy', d.agent_id, d.tool_name, d.action_type, d.scope, d.resource,
      'denied', d.session_id, d.id, d.revision, jsonb_build_object('outcome', 'no_approver', 'risk', d.risk, 'level', d.level)
    from denied d
  )
  select array_agg(id) into v_denied from denied;
  if v_denied is not null then
    perform came_to_nothing(v_denied, null, v_now);
    perform announce(v_denied, 'infinity');
  end if;

  -- Looked at, and stays where it is: no event, so no new revision.
  update requests r set able_config = v_config,
    (level_due_at, asks) = (select r.level_asked_at + make_interval(secs => l.move_after), l.kind
      from able_levels(r.chain_id, r.chain_version, r.agent_id, r.key_id) l where l.level = r.level)
  where r.tenant_id = v_tenant and r.id = any (v_ids) and r.state = 'pending' and r.able_config < v_config;
  -- A full batch says that there may be more, and so does a configuration that was not looked at to its end.
  return case when v_checked < v_config then p_limit else cardinality(v_ids) end;
end $$;
grant execute on function escalate_due(integer) to licet_app;
