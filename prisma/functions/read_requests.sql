-- Requests as they are now, for whoever is about to be told: overdue ones are expired first. One row each, everything a
-- door needs to present them, names included. Agents ask for their own; p_agent null is a person of the tenant.
create or replace function read_requests(p_ids uuid[], p_agent uuid) returns setof jsonb
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare v_tenant text := current_tenant();
begin
  if exists (select from requests where tenant_id = v_tenant and id = any (p_ids) and state = 'pending' and expires_at <= door_clock()) then
    perform expire(p_ids);
  end if;
  return query
  select to_jsonb(r) || jsonb_build_object(
    'now', door_clock(), 'agent_name', a.name, 'owner_id', a.owner_id,
    'levels', jsonb_array_length(v.levels), 'asks', case when r.state = 'pending' then level_kind(r.chain_id, r.chain_version, r.level, r.agent_id, r.key_id) end,
    'decided_by_name', p.name)
  from requests r
    join agents a on a.tenant_id = r.tenant_id and a.id = r.agent_id
    left join chain_versions v on v.tenant_id = r.tenant_id and v.chain_id = r.chain_id and v.version = r.chain_version
    left join people p on p.tenant_id = r.tenant_id and p.id = r.decided_person
  where r.tenant_id = v_tenant and r.id = any (p_ids) and (p_agent is null or r.agent_id = p_agent);
end $$;
grant execute on function read_requests(uuid[], uuid) to licet_app;

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
        left join able_people(v_row.chain_id, v_row.chain_version, n::integer, v_row.agent_id, v_row.key_id) as able (id) on able.id = p.id)) order by n)
  into v_path
  from chain_versions v, jsonb_array_elements(v.levels) with ordinality as t (level, n)
  where v.tenant_id = v_row.tenant_id and v.chain_id = v_row.chain_id and v.version = v_row.chain_version;
  return jsonb_build_object(
    'refusal', case when v_row.state = 'pending' then decider_refusal(v_row, p_person) end,
    'next_level', case when v_row.state = 'pending' then able_level(v_row.chain_id, v_row.chain_version, v_row.level + 1, v_row.agent_id, v_row.key_id) end,
    'path', v_path);
end $$;
grant execute on function read_standing(uuid, uuid) to licet_app;
