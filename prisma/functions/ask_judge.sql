-- What becomes of each item of an ask, before anything is written: the request that is there already, a refusal, or the
-- state of a new one. Reads only, so it may go item by item; key, agent, grant and block are looked up again only when they
-- are not those of the item before. One statement for all of them took three times as long to prepare as these to run.
create function ask_judge(p_items jsonb, p_config bigint, p_now timestamptz, p_ways ask_way[]) returns ask_answer[]
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  i record;
  v_agent uuid;
  v_key text;
  v_tool uuid;
  v_holder uuid;
  v_key_ends timestamptz;
  v_status text;
  v_granted boolean;
  v_blocked_until timestamptz;
  v_id uuid;
  v_refusal text;
  v_fresh boolean;
  v_state text;
  v_outcome text;
  v_use_by timestamptz;
  v_way ask_way;
  v_answers ask_answer[] := '{}';
begin
  for i in select * from rows from (jsonb_to_recordset(p_items) as (agent_id uuid, key_id text, session_id text, idempotency_key text,
      body_digest bytea, tool_id uuid, config_version bigint, action_digest bytea, effect text, outcome text, risk text,
      chain_id uuid, chain_version integer, timeout integer, use_within integer)) with ordinality as x
  loop
    if i.key_id is distinct from v_key or i.agent_id is distinct from v_agent or v_agent is null then
      v_key := i.key_id; v_agent := i.agent_id; v_tool := null; v_granted := null; v_blocked_until := null;
      select k.agent_id, least(k.revoked_at, k.expires_at) into v_holder, v_key_ends
      from agent_keys k where k.tenant_id = v_tenant and k.id = i.key_id;
      select a.status into v_status from agents a where a.tenant_id = v_tenant and a.id = v_holder;
    end if;
    if i.tool_id is distinct from v_tool then
      v_tool := i.tool_id;
      select true into v_granted from grants g
      where g.tenant_id = v_tenant and g.agent_id = v_agent and g.tool_id = v_tool and g.revoked_at is null;
      select max(b.ends_at) into v_blocked_until from blocks b
      where b.tenant_id = v_tenant and b.agent_id = v_agent and b.tool_id = v_tool and b.lifted_at is null and b.ends_at > p_now;
    end if;

    v_id := null; v_refusal := null; v_fresh := false; v_state := null; v_outcome := null; v_way := null; v_use_by := null;
    if v_holder is distinct from i.agent_id or v_key_ends <= p_now then
      v_refusal := 'key_revoked';
    elsif i.idempotency_key is not null then
      select r.id, case when r.body_digest <> i.body_digest then 'idempotency_conflict' end into v_id, v_refusal from requests r
      where r.tenant_id = v_tenant and r.agent_id = i.agent_id and r.idempotency_key = i.idempotency_key;
    elsif i.effect = 'ask' then
      select r.id, case when r.expires_at <= p_now then 'overdue_twin' end into v_id, v_refusal from requests r
      where r.tenant_id = v_tenant and r.agent_id = i.agent_id and r.session_id = i.session_id
        and r.action_digest = i.action_digest and r.state = 'pending' and (r.expires_at > p_now or r.idempotency_key is null)
      order by r.expires_at > p_now desc limit 1;
    end if;
    if v_refusal is null and v_id is null then
      if i.config_version is distinct from p_config then
        v_refusal := 'stale_config';
      elsif v_status is distinct from 'active' then
        v_refusal := 'agent_disabled';
      else
        v_id := new_id();
        v_fresh := true;
        v_state := 'denied';
        if i.effect = 'deny' then
          v_outcome := i.outcome;
        elsif v_granted is not true then
          v_outcome := 'not_granted';
        elsif v_blocked_until is not null then
          v_outcome := 'blocked';
        elsif i.effect = 'allow' then
          v_state := 'approved';
          v_outcome := 'policy';
          v_use_by := p_now + make_interval(secs => i.use_within);
        else
          select * into v_way from unnest(p_ways) way where way.chain_id = i.chain_id and way.chain_version = i.chain_version
            and way.agent_id = i.agent_id and way.key_id = i.key_id;
          if v_way.level is null then
            v_outcome := 'no_approver';
          else
            v_state := 'pending';
          end if;
        end if;
      end if;
    end if;
    v_answers := v_answers || row(i.ordinality, v_refusal, v_id, v_fresh, v_state, v_outcome,
      case v_outcome when 'blocked' then v_blocked_until end, p_now, p_now + make_interval(secs => i.timeout), v_use_by,
      v_way.level, p_now + make_interval(secs => v_way.move_after), v_way.kind, i.risk, v_way.people)::ask_answer;
  end loop;
  return v_answers;
end $$;

-- The first level of each chain that somebody is able to decide at, once for all asks of one agent by one key.
create function ask_ways(p_items jsonb) returns ask_way[]
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare v_ways ask_way[];
begin
  select array_agg(row(i.chain_id, i.chain_version, i.agent_id, i.key_id, l.level, l.people, l.kind, l.move_after)::ask_way) into v_ways
  from (select distinct chain_id, chain_version, agent_id, key_id
      from jsonb_to_recordset(p_items) as i (chain_id uuid, chain_version integer, agent_id uuid, key_id text, effect text) where effect = 'ask') i
    cross join lateral (select * from able_levels(i.chain_id, i.chain_version, i.agent_id, i.key_id) order by level limit 1) l;
  return v_ways;
end $$;
