-- May this person decide this request now? null: yes. 'requester': they are on the requester's side (the agent's owner,
-- who made its key). 'not_asked': no level asked so far names them, or they lost the role or the place since.
create or replace function decider_refusal(p_request requests, p_person uuid) returns text
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case
    when exists (select from agents a where a.tenant_id = p_request.tenant_id and a.id = p_request.agent_id and a.owner_id = p_person)
      or exists (select from agent_keys k where k.tenant_id = p_request.tenant_id and k.id = p_request.key_id and k.created_by = p_person)
      then 'requester'
    when not exists (
      select from generate_series(1, p_request.level::integer) as level,
        able_people(p_request.chain_id, p_request.chain_version, level, p_request.agent_id, p_request.key_id) person
      where person = p_person) then 'not_asked'
  end
$$;

-- RFC 6901: "/a~1b/0" is the path {a/b,0}.
create or replace function pointer_path(p_pointer text) returns text[]
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select array_agg(replace(replace(part, '~1', '/'), '~0', '~') order by n)
  from unnest((string_to_array(p_pointer, '/'))[2:]) with ordinality as t (part, n)
$$;

-- Is this session of this person still good? Read inside the deciding transaction, whatever the caller believed.
create or replace function session_holds(p_hash bytea, p_person uuid, p_now timestamptz) returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select from sessions s join people p on p.tenant_id = s.tenant_id and p.account_id = s.account_id
    where s.id_hash = p_hash and s.tenant_id = current_tenant() and p.id = p_person and p.status = 'active'
      and s.ended_at is null and s.expires_at > p_now and s.last_seen_at > p_now - interval '30 minutes')
$$;
