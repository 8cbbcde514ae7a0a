-- May this person decide this change? null: yes. 'requester': they proposed it. 'not_asked': not an admin who can sign in.
create or replace function change_refusal(p_proposed_by uuid, p_person uuid) returns text
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case when p_person = p_proposed_by then 'requester'
    when not exists (select from able_admins() a where a = p_person) then 'not_asked' end
$$;

-- Somebody proposes configuration: what would be changed ({base, operations}), with its digests, and why. It waits a day.
-- The same change proposed again while it waits is the same request.
-- refusal: role (the proposer is no admin), no_second_admin (nobody but the proposer could approve it).
create or replace function propose(p_person uuid, p_content jsonb, p_reason text, p_digest bytea, p_facts bytea)
returns table (refusal text, id uuid)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  v_tenant text := current_tenant();
  v_actor jsonb := actor();
  v_id uuid;
  v_now timestamptz;
begin
  perform pg_advisory_xact_lock(gate());
  v_now := door_clock();
  if (p_person is null and v_actor ->> 'kind' <> 'operator')
    or (p_person is not null and not exists (select from able_admins() a where a = p_person)) then
    return query select 'role', null::uuid;
    return;
  end if;
  if not exists (select from able_admins() a where a is distinct from p_person) then
    return query select 'no_second_admin', null::uuid;
    return;
  end if;
  select r.id into v_id from requests r where r.tenant_id = v_tenant and r.kind = 'change' and r.state = 'pending'
    and r.action_digest = p_digest and r.proposed_by is not distinct from p_person and r.expires_at > v_now;
  if v_id is null then
    insert into requests (tenant_id, kind, state, proposed_by, arguments, reason, risk, irreversibility, blast_radius, privilege,
      policy_version, config_version, action_digest, facts_digest, created_at, updated_at, expires_at)
    select v_tenant, 'change', 'pending', p_person, p_content, p_reason, 'medium', 0, 0, 0,
      (select max(version) from policies where tenant_id = v_tenant), c.version, p_digest, p_facts, v_now, v_now, v_now + interval '24 hours'
    from config_versions c where c.tenant_id = v_tenant
    returning requests.id into v_id;
    insert into audit_records (tenant_id, at, event, actor_kind, actor_id, result_status, request_id, revision, detail)
    values (v_tenant, v_now, 'approval.requested', v_actor ->> 'kind', p_person, 'success', v_id, 1, jsonb_build_object('kind', 'change',
      'objects', (select jsonb_agg(b -> 'object') from jsonb_array_elements(p_content -> 'base') b), 'reason', p_reason));
    perform announce(array[v_id], v_now + interval '24 hours', true);
  end if;
  return query select null::text, v_id;
end $$;
grant execute on function propose(uuid, jsonb, text, bytea, bytea) to licet_app;

-- Changes as they are now, overdue ones expired first; p_ids null: the newest 200, pending ones before all others.
create or replace function read_changes(p_ids uuid[], p_person uuid) returns setof jsonb
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare v_overdue uuid[];
begin
  select array_agg(id) into v_overdue from requests
  where tenant_id = current_tenant() and kind = 'change' and state = 'pending' and expires_at <= door_clock();
  if v_overdue is not null then
    perform expire(v_overdue);
  end if;
  return query
  select to_jsonb(r) || jsonb_build_object('now', door_clock(),
    'proposed_by_name', (select p.name from people p where p.tenant_id = r.tenant_id and p.id = r.proposed_by),
    'decided_by_name', (select p.name from people p where p.tenant_id = r.tenant_id and p.id = r.decided_person),
    'refusal', case when r.state = 'pending' then change_refusal(r.proposed_by, p_person) end,
    'asks', (select jsonb_agg(p.name order by p.name) from people p join able_admins() a on a = p.id
      where p.tenant_id = r.tenant_id and p.id is distinct from r.proposed_by))
  from requests r
  where r.tenant_id = current_tenant() and r.kind = 'change' and (p_ids is null or r.id = any (p_ids))
  order by r.state = 'pending' desc, r.id desc limit 200;
end $$;
grant execute on function read_changes(uuid[], uuid) to licet_app;

-- The proposer withdraws. refusal: not_found, not_yours, expired, already_terminal; twice is the same as once.
create or replace function cancel_change(p_request uuid, p_person uuid) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_now timestamptz;
  v_row requests;
begin
  perform pg_advisory_xact_lock_shared(gate());
  perform from requests where tenant_id = v_tenant and id = p_request for update;
  v_now := door_clock();
  perform expire_locked(array[p_request], v_now);
  select * into v_row from requests where tenant_id = v_tenant and id = p_request and kind = 'change';
  if v_row.id is null then return 'not_found'; end if;
  if v_row.proposed_by is distinct from p_person then return 'not_yours'; end if;
  if v_row.state = 'cancelled' then return null; end if;
  if v_row.state <> 'pending' then return case v_row.state when 'expired' then 'expired' else 'already_terminal' end; end if;
  update requests set state = 'cancelled', decided_at = v_now, decided_by = 'person', decided_person = p_person, outcome = 'withdrawn',
    revision = revision + 1, updated_at = v_now
  where tenant_id = v_tenant and id = p_request returning * into v_row;
  insert into audit_records (tenant_id, at, event, actor_kind, actor_id, result_status, request_id, revision, detail)
  values (v_tenant, v_now, 'approval.cancelled', 'person', p_person, 'success', p_request, v_row.revision,
    jsonb_build_object('outcome', 'withdrawn', 'kind', 'change'));
  perform announce(array[p_request], 'infinity');
  return null;
end $$;
grant execute on function cancel_change(uuid, uuid) to licet_app;
