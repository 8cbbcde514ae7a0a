-- The scheduler's: what policy opted in to allow when nobody answers (low risk only), one second before its deadline, and
-- only when it was on somebody's screen: a person it asks has opened it, or was signed in and seen since. Recorded as policy's,
-- never as a person's. Grant, agent, key, block and stage must still hold. With no scheduler alive silence means no.
create or replace function allow_due(p_limit integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_now timestamptz;
  v_ids uuid[];
  v_allowed uuid[];
begin
  perform pg_advisory_xact_lock_shared(gate());
  select array_agg(id) into v_ids from (
    select id from requests where tenant_id = v_tenant and state = 'pending' and on_timeout = 'allow'
      and expires_at <= door_clock() + interval '1 second' and expires_at > door_clock()
    order by expires_at limit p_limit for update skip locked) due;
  if v_ids is null then
    return 0;
  end if;
  v_now := door_clock();
  with allowed as (
    update requests r
    set state = 'approved', decided_at = v_now, decided_by = 'policy', outcome = 'allowed_on_timeout', validity = 'once', granted_scope = r.scope,
      use_by = v_now + interval '10 minutes', uses_left = 1, level_due_at = null, revision = r.revision + 1, updated_at = v_now
    where r.tenant_id = v_tenant and r.id = any (v_ids) and r.expires_at > v_now and r.risk = 'low' and r.quorum is null
      and exists (select from agents a where a.tenant_id = v_tenant and a.id = r.agent_id and a.status = 'active'
        and (a.stage = 'production' or r.action_type = 'read'))
      and exists (select from agent_keys k where k.tenant_id = v_tenant and k.id = r.key_id and k.revoked_at is null
        and (k.expires_at is null or k.expires_at > v_now))
      and exists (select from grants g where g.tenant_id = v_tenant and g.agent_id = r.agent_id and g.tool_id = r.tool_id
        and g.revoked_at is null and (g.expires_at is null or g.expires_at > v_now))
      and not exists (select from blocks b where b.tenant_id = v_tenant and b.agent_id = r.agent_id and b.tool_id = r.tool_id
        and b.lifted_at is null and b.ends_at > v_now)
      and (exists (select from openings o where o.tenant_id = v_tenant and o.request_id = r.id)
        or exists (select from able_levels(r.chain_id, r.chain_version, r.agent_id, r.key_id) l, unnest(l.people) person
          join people p on p.tenant_id = v_tenant and p.id = person
          join sessions s on s.account_id = p.account_id and s.tenant_id = v_tenant
          where l.level <= r.level and s.ended_at is null and s.expires_at > v_now and s.last_seen_at >= r.created_at))
    returning r.*
  ), recorded as (
    insert into audit_records (tenant_id, at, event, actor_kind, agent_id, tool_name, action_type, requested_scope, granted_scope,
      resource_id, result_status, session_id, request_id, revision, detail)
    select v_tenant, v_now, 'approval.approved', 'policy', a.agent_id, a.tool_name, a.action_type, a.scope, a.granted_scope, a.resource,
      'success', a.session_id, a.id, a.revision, jsonb_build_object('outcome', 'allowed_on_timeout', 'rule', a.rule, 'policy', a.policy_version)
    from allowed a
  )
  select array_agg(id) into v_allowed from allowed;
  if v_allowed is not null then
    perform announce(v_allowed, 'infinity');
  end if;
  return coalesce(cardinality(v_allowed), 0);
end $$;
grant execute on function allow_due(integer) to licet_app;
