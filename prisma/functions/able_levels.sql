-- The levels of a chain's version that somebody is able to decide at right now, for a request of this agent and key, with
-- who they are, what kind of person (agents are told no names), and after how many seconds the next of them is asked
-- (null: nobody above). Able is who that version names and the chain in force still names, who is active, can sign in, has
-- a deciding role, and is not in the requester closure {the agent's owner, who made its key}. Ids only, never names.
drop function if exists able_levels(uuid, integer, uuid, text);
create function able_levels(p_chain uuid, p_version integer, p_agent uuid, p_key text)
returns table (level smallint, people uuid[], kind text, move_after integer)
language plpgsql stable set search_path = pg_catalog, public, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
begin
  return query
  select n::smallint, array_agg(p.id order by o),
    case when bool_and(not 'approver' = any (p.roles)) then 'security_officer' else 'approver' end,
    case when lead(n) over (order by n) is not null then (l ->> 'escalate_after')::integer end
  from chain_versions v
    join chains c on c.tenant_id = v.tenant_id and c.id = v.chain_id and c.status = 'active'
    join chain_versions live on live.tenant_id = c.tenant_id and live.chain_id = c.id and live.version = c.version
    cross join jsonb_array_elements(v.levels) with ordinality as a (l, n)
    cross join jsonb_array_elements_text(l -> 'people') with ordinality as b (named, o)
    join people p on p.tenant_id = v.tenant_id and p.id = named::uuid
    left join agents owned on owned.tenant_id = v.tenant_id and owned.id = p_agent and owned.owner_id = p.id
    left join agent_keys made on made.tenant_id = v.tenant_id and made.id = p_key and made.created_by = p.id
  where v.tenant_id = current_tenant() and v.chain_id = p_chain and v.version = p_version
    and (live.version = v.version or exists (select from jsonb_array_elements(live.levels) x where x -> 'people' ? named))
    and p.status = 'active' and p.account_id is not null and p.roles && array['approver', 'security_officer']
    and owned.id is null and made.id is null
  group by n, l order by n;
end $$;

-- The first of them from p_from on; null when there is none.
create or replace function able_level(p_chain uuid, p_version integer, p_from integer, p_agent uuid, p_key text)
returns smallint language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select min(level) from able_levels(p_chain, p_version, p_agent, p_key) where level >= p_from
$$;
