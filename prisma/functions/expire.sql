-- Silence means no. Both callers hold the row locks and read the clock after them; this writes the outcome.
-- Where the last level that anybody is able to decide at was silent, the tool is blocked for that agent for an hour;
-- at high risk the security officers are told.
create or replace function expire_locked(p_ids uuid[], p_now timestamptz) returns integer
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_gone uuid[];
begin
  with gone as (
    update requests r
    set state = 'expired', decided_at = p_now, decided_by = 'silence', outcome = 'silence', revision = r.revision + 1,
      updated_at = p_now, level_due_at = null,
      retry_at = case when last.reached and r.kind = 'action' then p_now + interval '60 minutes' end
    from requests o cross join lateral (
      select able_level(o.chain_id, o.chain_version, o.level + 1, o.agent_id, o.key_id) is null as reached) last
    where r.tenant_id = v_tenant and r.id = any (p_ids) and r.state = 'pending' and r.expires_at <= p_now
      and o.tenant_id = r.tenant_id and o.id = r.id
    returning r.*
  ), blocked as (
    insert into blocks (tenant_id, agent_id, tool_id, request_id, created_at, ends_at)
    select v_tenant, g.agent_id, g.tool_id, g.id, p_now, g.retry_at from gone g where g.retry_at is not null
    returning *
  ), officers as (
    insert into notices (tenant_id, person_id, kind, request_id, created_at)
    select v_tenant, p.id, 'unanswered', g.id, p_now
    from gone g join people p on p.tenant_id = v_tenant and p.status = 'active' and 'security_officer' = any (p.roles)
    where g.risk = 'high'
  ), recorded as (
    insert into audit_records (tenant_id, at, event, actor_kind, agent_id, tool_name, action_type, requested_scope,
      resource_id, result_status, session_id, request_id, revision, detail)
    select v_tenant, p_now, 'approval.expired', 'system', g.agent_id, g.tool_name, g.action_type, g.scope, g.resource,
      'denied', g.session_id, g.id, g.revision, jsonb_build_object('outcome', 'silence', 'risk', g.risk, 'level', g.level)
    from gone g
    union all
    select v_tenant, p_now, 'tool.blocked', 'system', g.agent_id, g.tool_name, g.action_type, null, null,
      'success', null, g.id, null, jsonb_build_object('block', b.id, 'until', b.ends_at)
    from blocked b join gone g on g.id = b.request_id
  )
  select array_agg(id) into v_gone from gone;
  if v_gone is not null then
    perform came_to_nothing(v_gone, 'expired', p_now);
    perform announce(v_gone, 'infinity');
  end if;
  return coalesce(cardinality(v_gone), 0);
end $$;

-- Repairs on read: whoever is about to be told about these requests expires the overdue ones first, under the lock.
create or replace function expire(p_ids uuid[]) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(gate());
  perform from requests where tenant_id = current_tenant() and id = any (p_ids) and state = 'pending' order by id for update;
  return expire_locked(p_ids, door_clock());
end $$;
grant execute on function expire(uuid[]) to licet_app;

-- The scheduler's: any number of replicas, each row handled by the one that locks it.
create or replace function expire_due(p_limit integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare v_ids uuid[];
begin
  perform pg_advisory_xact_lock_shared(gate());
  select array_agg(id) into v_ids from (
    select id from requests where tenant_id = current_tenant() and state = 'pending' and expires_at <= door_clock()
    order by expires_at limit p_limit for update skip locked) due;
  return case when v_ids is null then 0 else expire_locked(v_ids, door_clock()) end;
end $$;
grant execute on function expire_due(integer) to licet_app;
