-- May this person decide this request now? null: yes. 'requester': they are on the requester's side (the agent's owner,
-- who made its key). 'not_asked': no level asked so far (or up to p_level) names them, or they lost role or place since.
-- 'already_voted': one of several who must approve, and did.
create or replace function decider_refusal(p_request uuid, p_person uuid, p_level integer default null) returns text
language plpgsql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare v_row requests;
begin
  select * into v_row from requests where tenant_id = current_tenant() and id = p_request;
  if exists (select from agents a where a.tenant_id = v_row.tenant_id and a.id = v_row.agent_id and a.owner_id = p_person)
    or exists (select from agent_keys k where k.tenant_id = v_row.tenant_id and k.id = v_row.key_id and k.created_by = p_person) then
    return 'requester';
  end if;
  if not exists (select from able_levels(v_row.chain_id, v_row.chain_version, v_row.agent_id, v_row.key_id) l
      where l.level <= coalesce(p_level, v_row.level) and p_person = any (l.people)) then
    return 'not_asked';
  end if;
  if v_row.quorum is not null and exists (select from votes v where v.tenant_id = v_row.tenant_id and v.request_id = v_row.id
      and v.content_version = v_row.content_version and v.person_id = p_person) then
    return 'already_voted';
  end if;
  return null;
end $$;

-- RFC 6901: "/a~1b/0" is the path {a/b,0}.
create or replace function pointer_path(p_pointer text) returns text[]
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select array_agg(replace(replace(part, '~1', '/'), '~0', '~') order by n)
  from unnest((string_to_array(p_pointer, '/'))[2:]) with ordinality as t (part, n)
$$;

-- Is this session of this person still good? Read inside the deciding transaction, whatever the caller believed.
create or replace function session_holds(p_hash bytea, p_person uuid, p_now timestamptz) returns boolean
language plpgsql stable set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return exists (
    select from sessions s join people p on p.tenant_id = s.tenant_id and p.account_id = s.account_id
    where s.id_hash = p_hash and s.tenant_id = current_tenant() and p.id = p_person and p.status = 'active'
      and s.ended_at is null and s.expires_at > p_now and s.last_seen_at > p_now - interval '30 minutes');
end $$;
