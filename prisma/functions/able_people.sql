-- Who of a level may decide a request of this agent and key right now: named by that version of the chain and still by
-- the chain in force, active, able to sign in, with a deciding role, and not in the requester closure
-- {the agent's owner, who made its key}. Ids only, never names.
create or replace function able_people(p_chain uuid, p_version integer, p_level integer, p_agent uuid, p_key text)
returns setof uuid language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select p.id
  from chain_versions v
    cross join lateral jsonb_array_elements_text(v.levels -> (p_level - 1) -> 'people') named
    join people p on p.tenant_id = v.tenant_id and p.id = named::uuid
    join chains c on c.tenant_id = v.tenant_id and c.id = v.chain_id and c.status = 'active'
    join chain_versions live on live.tenant_id = c.tenant_id and live.chain_id = c.id and live.version = c.version
  where v.tenant_id = current_tenant() and v.chain_id = p_chain and v.version = p_version
    and live.levels @? format('$[*].people[*] ? (@ == "%s")', p.id)::jsonpath
    and p.status = 'active' and p.account_id is not null and p.roles && array['approver', 'security_officer']
    and not exists (select from agents a where a.tenant_id = v.tenant_id and a.id = p_agent and a.owner_id = p.id)
    and not exists (select from agent_keys k where k.tenant_id = v.tenant_id and k.id = p_key and k.created_by = p.id)
$$;

-- The first level from p_from on that somebody is able to decide at; null when there is none.
create or replace function able_level(p_chain uuid, p_version integer, p_from integer, p_agent uuid, p_key text)
returns integer language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select min(level)
  from generate_series(p_from, 3) as level
  where exists (select from able_people(p_chain, p_version, level, p_agent, p_key))
$$;

-- When the level after this one is asked: null where this is the last that anybody is able to decide at.
create or replace function level_due(p_chain uuid, p_version integer, p_level integer, p_agent uuid, p_key text, p_asked timestamptz)
returns timestamptz language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select p_asked + make_interval(secs => (v.levels -> (p_level - 1) ->> 'escalate_after')::integer)
  from chain_versions v
  where v.tenant_id = current_tenant() and v.chain_id = p_chain and v.version = p_version
    and able_level(p_chain, p_version, p_level + 1, p_agent, p_key) is not null
$$;

-- What kind of person a level asks, for agents, which are told no names.
create or replace function level_kind(p_chain uuid, p_version integer, p_level integer, p_agent uuid, p_key text)
returns text language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case when bool_and(not 'approver' = any (p.roles)) then 'security_officer' else 'approver' end
  from able_people(p_chain, p_version, p_level, p_agent, p_key) able
    join people p on p.tenant_id = current_tenant() and p.id = able
$$;
