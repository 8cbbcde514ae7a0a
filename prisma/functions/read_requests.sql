-- Agents' requests (changes: read_changes), one row each, as JSON: everything a door needs to present a request, names included. Each name is looked up by itself:
-- joined, PostgreSQL may read a tenant's whole table, and preparing the join costs more than the look-ups.
drop function if exists request_rows(uuid[]);
create function request_rows(p_ids uuid[]) returns table (id uuid, agent_id uuid, body jsonb)
language plpgsql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
begin
  return query
  select r.id, r.agent_id, to_jsonb(r)
    || (select jsonb_build_object('now', door_clock(), 'agent_name', a.name, 'owner_id', a.owner_id) from agents a
      where a.tenant_id = r.tenant_id and a.id = r.agent_id)
    || jsonb_build_object(
      'levels', (select jsonb_array_length(v.levels) from chain_versions v where v.tenant_id = r.tenant_id and v.chain_id = r.chain_id and v.version = r.chain_version),
      'votes', case when r.quorum is not null then (select coalesce(jsonb_agg(jsonb_build_object('person', v.person_id, 'name', p.name, 'at', v.cast_at)
          order by v.cast_at), '[]') from votes v join people p on p.tenant_id = v.tenant_id and p.id = v.person_id
        where v.tenant_id = r.tenant_id and v.request_id = r.id and v.content_version = r.content_version and v.verdict = 'approve') end,
      'decided_by_name', (select p.name from people p where p.tenant_id = r.tenant_id and p.id = r.decided_person))
  from requests r where r.tenant_id = current_tenant() and r.id = any (p_ids) and r.kind = 'action';
end $$;

-- Requests as they are now, for whoever is about to be told: overdue ones are expired first.
create or replace function read_requests(p_ids uuid[]) returns setof jsonb
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  if exists (select from requests where tenant_id = current_tenant() and id = any (p_ids) and state = 'pending' and expires_at <= door_clock()) then
    perform expire(p_ids);
  end if;
  return query select body from request_rows(p_ids);
end $$;
grant execute on function read_requests(uuid[]) to licet_app;

-- The same for agents: each asks for one of its own with a key that holds now; a row that is missing is neither.
create or replace function read_own_requests(p_ids uuid[], p_keys text[]) returns setof jsonb
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  if exists (select from requests where tenant_id = current_tenant() and id = any (p_ids) and state = 'pending' and expires_at <= door_clock()) then
    perform expire(p_ids);
  end if;
  return query
  select r.body from request_rows(p_ids) r
  where exists (select from unnest(p_ids, p_keys) as asked (id, key_id)
    join agent_keys k on k.tenant_id = current_tenant() and k.id = asked.key_id
    where asked.id = r.id and k.agent_id = r.agent_id and k.revoked_at is null and (k.expires_at is null or k.expires_at > door_clock()));
end $$;
grant execute on function read_own_requests(uuid[], text[]) to licet_app;

-- A person's standing with a request, and the path it takes: what the review screen may offer, and why not.
create or replace function read_standing(p_request uuid, p_person uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_row requests;
  v_path jsonb;
begin
  select * into v_row from requests where tenant_id = current_tenant() and id = p_request;
  select jsonb_agg(jsonb_build_object('level', n, 'escalate_after', level -> 'escalate_after', 'people', (
      select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'roles', p.roles, 'able', able.id is not null) order by o), '[]')
      from jsonb_array_elements_text(level -> 'people') with ordinality as named (id, o)
        join people p on p.tenant_id = v_row.tenant_id and p.id = named.id::uuid
        left join able_levels(v_row.chain_id, v_row.chain_version, v_row.agent_id, v_row.key_id) l on l.level = n
        cross join lateral (select case when p.id = any (l.people) then p.id end as id) able)) order by n)
  into v_path
  from chain_versions v, jsonb_array_elements(v.levels) with ordinality as t (level, n)
  where v.tenant_id = v_row.tenant_id and v.chain_id = v_row.chain_id and v.version = v_row.chain_version;
  return jsonb_build_object(
    'refusal', case when v_row.state = 'pending' then decider_refusal(p_request, p_person) end,
    'next_level', case when v_row.state = 'pending' then able_level(v_row.chain_id, v_row.chain_version, v_row.level + 1, v_row.agent_id, v_row.key_id) end,
    'path', v_path);
end $$;
grant execute on function read_standing(uuid, uuid) to licet_app;
