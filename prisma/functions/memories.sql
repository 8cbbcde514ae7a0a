-- Requests that came to nothing: what they had reserved is given back, and a retry of the same tool with the same decisive
-- values meets it for as long as its policy says (requirement C7). kind null: give back only.
create or replace function came_to_nothing(p_ids uuid[], p_kind text, p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from requests where tenant_id = current_tenant() and id = any (p_ids) and reserved is not null) then
    perform give_back(p_ids);
  end if;
  if p_kind is null then
    return;
  end if;
  insert into memories (tenant_id, agent_id, key, kind, level, request_id, created_at, ends_at)
  select r.tenant_id, r.agent_id, r.memory_key, p_kind, r.level, r.id, p_now, p_now + make_interval(secs => coalesce(r.memory_for, 1800))
  from requests r where r.tenant_id = current_tenant() and r.id = any (p_ids) and r.memory_key is not null and r.level is not null;
end $$;

-- A person who may decide has it on screen: a withdrawal after this counts like a "no".
create or replace function mark_opened(p_request uuid, p_person uuid) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into openings (tenant_id, request_id, person_id, at)
  select r.tenant_id, r.id, p_person, door_clock() from requests r
  where r.tenant_id = current_tenant() and r.id = p_request and r.state = 'pending' and decider_refusal(r.id, p_person) is null
  on conflict do nothing;
end $$;
grant execute on function mark_opened(uuid, uuid) to licet_app;

-- "Let it ask again": a person of the chain lifts what is remembered of the same call. refusal: not_found, signed_out,
-- requester, not_asked, already_lifted.
create or replace function lift_memory(p_request uuid, p_person uuid, p_session bytea) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_now timestamptz;
  v_memory memories;
  v_refusal text;
begin
  perform pg_advisory_xact_lock_shared(gate());
  select * into v_memory from memories where tenant_id = v_tenant and request_id = p_request for update;
  v_now := door_clock();
  if v_memory.id is null then return 'not_found'; end if;
  if not session_holds(p_session, p_person, v_now) then return 'signed_out'; end if;
  if v_memory.lifted_at is not null or v_memory.ends_at <= v_now then return 'already_lifted'; end if;
  -- Any level of the chain, also one that was not asked.
  v_refusal := decider_refusal(p_request, p_person, 3);
  if v_refusal is not null then return v_refusal; end if;
  update memories set lifted_at = v_now, lifted_by = p_person
  where tenant_id = v_tenant and agent_id = v_memory.agent_id and key = v_memory.key and lifted_at is null and ends_at > v_now;
  insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, action_type, result_status, request_id, detail)
  select v_tenant, v_now, 'memory.lifted', 'person', p_person, r.agent_id, r.tool_name, r.action_type, 'success', r.id,
    jsonb_build_object('kind', v_memory.kind)
  from requests r where r.tenant_id = v_tenant and r.id = p_request;
  return null;
end $$;
grant execute on function lift_memory(uuid, uuid, bytea) to licet_app;
