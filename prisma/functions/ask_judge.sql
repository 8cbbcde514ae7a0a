-- What becomes of each item of an ask, before a request is written: the request that is there already, a refusal, or the
-- state of a new one. Item by item, because each counts for the next. Key, agent, grant, block and way are looked up again
-- only when they are not those of the item before. One statement for all takes longer to prepare than these to run.
create function ask_judge(p_items jsonb, p_counters jsonb, p_locked counters[], p_config bigint, p_now timestamptz) returns ask_answer[]
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  i record;
  c counted;
  v_current numeric[];
  v_mark text[];
  v_refused integer[];
  -- The agent's and key's standing, and what was looked up for them.
  v_agent uuid;
  v_key text;
  v_holder uuid;
  v_key_ends timestamptz;
  v_status text;
  v_stage text;
  v_remembers boolean;
  v_waiting integer;
  v_tool uuid;
  v_granted boolean;
  v_blocked_until timestamptz;
  v_memory memories;
  v_chain uuid;
  v_chain_version integer;
  v_floor smallint;
  v_way ask_way;
  -- The item's.
  v_id uuid;
  v_refusal text;
  v_detail text;
  v_retry timestamptz;
  v_over ask_over;
  v_state text;
  v_outcome text;
  v_reserved jsonb;
  v_answers ask_answer[] := '{}';
  v_at integer;
begin
  if p_counters is not null then
    c := read_counters(p_counters, p_locked, p_now);
    v_current := c.current; v_mark := c.mark; v_refused := c.refused;
  end if;
  for i in select * from rows from (jsonb_to_recordset(p_items) as (agent_id uuid, key_id text, session_id text, idempotency_key text,
      body_digest bytea, tool_id uuid, tool_name text, action_type text, config_version bigint, action_digest bytea, memory_key bytea, risk text,
      use_within integer, most_pending integer, effect text, outcome text, rule text, reasons text[], chain_id uuid, chain_version integer,
      timeout integer, quorum jsonb, on_timeout text, facts_digest bytea, overs ask_over[], use_at integer[], use_kind text[], use_amount numeric[], use_cap numeric[], use_mark text[],
      use_over integer[])) with ordinality as x
  loop
    if i.key_id is distinct from v_key or i.agent_id is distinct from v_agent or v_agent is null then
      v_key := i.key_id; v_agent := i.agent_id; v_tool := null; v_granted := null; v_blocked_until := null; v_waiting := null; v_chain := null;
      select k.agent_id, least(k.revoked_at, k.expires_at) into v_holder, v_key_ends
      from agent_keys k where k.tenant_id = v_tenant and k.id = i.key_id;
      select a.status, a.stage into v_status, v_stage from agents a where a.tenant_id = v_tenant and a.id = v_holder;
      v_remembers := exists (select from memories m
        where m.tenant_id = v_tenant and m.agent_id = v_agent and m.lifted_at is null and m.ends_at > p_now);
    end if;
    if i.tool_id is distinct from v_tool then
      v_tool := i.tool_id;
      select true into v_granted from grants g
      where g.tenant_id = v_tenant and g.agent_id = v_agent and g.tool_id = v_tool and g.revoked_at is null
        and (g.expires_at is null or g.expires_at > p_now);
      select max(b.ends_at) into v_blocked_until from blocks b
      where b.tenant_id = v_tenant and b.agent_id = v_agent and b.tool_id = v_tool and b.lifted_at is null and b.ends_at > p_now;
    end if;

    v_id := null; v_refusal := null; v_detail := null; v_retry := null; v_over := null; v_memory := null; v_state := null; v_outcome := null;
    v_reserved := null;
    if v_holder is distinct from i.agent_id or v_key_ends <= p_now then
      v_refusal := 'key_revoked';
    elsif i.idempotency_key is not null then
      select r.id, case when r.body_digest <> i.body_digest then 'idempotency_conflict' end into v_id, v_refusal from requests r
      where r.tenant_id = v_tenant and r.agent_id = i.agent_id and r.idempotency_key = i.idempotency_key;
    else
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
      end if;
    end if;

    if v_refusal is null and v_id is null then
      -- Limits and cumulative rules, in their order. Over a limit: refused, and only that is counted. The first rule that is
      -- over says what happens instead.
      for n in 1 .. coalesce(cardinality(i.use_at), 0) loop
        v_at := i.use_at[n];
        if c.modes[v_at] = 'history' and v_mark[v_at] is distinct from i.use_mark[n] and v_current[v_at] is null then
          v_current[v_at] := nullif(run_of(i.agent_id, i.session_id, i.action_digest, c.seconds[v_at], i.use_cap[n] - 1, p_now), 0);
          v_mark[v_at] := case when v_current[v_at] is not null then i.use_mark[n] end;
        end if;
        -- In parentheses: plpgsql would take the first THEN for its own.
        if (case
            when i.use_kind[n] <> 'repeats' then v_current[v_at] + c.past[v_at] + i.use_amount[n] > i.use_cap[n]
              or (v_mark[v_at] <> i.use_mark[n] and v_current[v_at] + c.past[v_at] > 0)
            when v_mark[v_at] = i.use_mark[n] then v_current[v_at] + 1 >= i.use_cap[n]
            else 1 >= i.use_cap[n] end)
        then
          if i.use_over[n] is null then
            v_refusal := 'rate_limited'; v_detail := i.use_kind[n]; v_retry := c.ends[v_at];
            v_refused[v_at] := v_refused[v_at] + 1;
            if v_refused[v_at] = 1 then
              perform limit_exceeded(i.agent_id, i.key_id, i.tool_name, i.session_id, i.use_kind[n], i.use_cap[n], c.refused_before[v_at], p_now);
            end if;
            exit;
          elsif v_over.effect is null then
            v_over := i.overs[i.use_over[n]];
          end if;
        end if;
      end loop;
    end if;

    if v_refusal is null and v_id is null then
      if v_over.effect is null then
        v_over.effect := i.effect; v_over.outcome := i.outcome; v_over.rule := i.rule; v_over.reasons := i.reasons;
        v_over.chain_id := i.chain_id; v_over.chain_version := i.chain_version; v_over.timeout := i.timeout;
        v_over.quorum := i.quorum; v_over.on_timeout := i.on_timeout; v_over.facts_digest := i.facts_digest;
      end if;
      if v_remembers and v_over.effect <> 'deny' then
        select m.* into v_memory from memories m
        where m.tenant_id = v_tenant and m.agent_id = i.agent_id and m.key = i.memory_key and m.lifted_at is null and m.ends_at > p_now
        order by m.kind = 'denied' desc, m.level desc, m.ends_at desc limit 1;
      end if;
      v_state := 'denied';
      if v_over.effect = 'deny' then
        v_outcome := v_over.outcome;
      elsif v_granted is not true then
        v_outcome := 'not_granted';
      elsif v_blocked_until is not null then
        v_outcome := 'blocked'; v_retry := v_blocked_until;
      elsif v_memory.kind = 'denied' then
        v_outcome := 'denied_before'; v_retry := v_memory.ends_at;
      elsif v_over.effect = 'allow' and v_stage = 'trial' and i.action_type is distinct from 'read' then
        v_outcome := 'in_trial';
      elsif v_over.effect = 'allow' then
        v_state := 'approved'; v_outcome := 'policy';
      else
        if v_chain is distinct from v_over.chain_id or v_chain_version is distinct from v_over.chain_version
          or v_floor is distinct from coalesce(v_memory.level, 1::smallint) or v_chain is null then
          v_chain := v_over.chain_id; v_chain_version := v_over.chain_version; v_floor := coalesce(v_memory.level, 1::smallint);
          -- The first level that somebody is able to decide at; after an expiry or a withdrawal none below the one that was asked.
          select l.level, l.people, l.kind, l.move_after into v_way from able_levels(v_chain, v_chain_version, i.agent_id, i.key_id) l
          where l.level >= v_floor order by l.level limit 1;
        end if;
        v_waiting := coalesce(v_waiting, (select count(*) from requests r
          where r.tenant_id = v_tenant and r.agent_id = i.agent_id and r.state = 'pending' and r.expires_at > p_now));
        if v_way.level is null then
          v_outcome := 'no_approver';
        elsif v_over.quorum is not null and not quorum_reachable(v_over.quorum, v_chain, v_chain_version, i.agent_id, i.key_id) then
          v_outcome := 'no_quorum';
        elsif v_waiting >= i.most_pending then
          v_outcome := 'too_many_pending';
        else
          v_state := 'pending';
          v_waiting := v_waiting + 1;
        end if;
      end if;

      v_id := new_id();
      for n in 1 .. coalesce(cardinality(i.use_at), 0) loop
        v_at := i.use_at[n];
        if i.use_kind[n] = 'repeats' then
          v_current[v_at] := case when v_mark[v_at] = i.use_mark[n] then v_current[v_at] + 1 else 1 end;
          v_mark[v_at] := i.use_mark[n];
        elsif i.use_over[n] is null then
          v_current[v_at] := v_current[v_at] + i.use_amount[n];
        -- Amounts of another currency are asked about and never added.
        elsif v_state <> 'denied' and (v_mark[v_at] is not distinct from i.use_mark[n] or v_current[v_at] + c.past[v_at] = 0) then
          v_current[v_at] := v_current[v_at] + i.use_amount[n];
          v_mark[v_at] := i.use_mark[n];
          if v_state = 'pending' then
            v_reserved := coalesce(v_reserved, '[]') || jsonb_build_object('key', c.keys[v_at], 'start', c.starts[v_at], 'amount', i.use_amount[n]);
          end if;
        end if;
      end loop;
    end if;
    v_answers := v_answers || row(i.ordinality, v_refusal, v_id, v_state is not null, v_state, v_outcome, v_retry, p_now,
      p_now + make_interval(secs => v_over.timeout), case v_state when 'approved' then p_now + make_interval(secs => i.use_within) end,
      case v_state when 'pending' then v_way.level end,
      case v_state when 'pending' then p_now + make_interval(secs => v_way.move_after) end,
      case v_state when 'pending' then v_way.kind end, i.risk, case v_state when 'pending' then v_way.people end, v_over.rule, v_over.reasons,
      case v_state when 'pending' then v_over.chain_id end, case v_state when 'pending' then v_over.chain_version end, v_over.facts_digest, v_reserved,
      v_memory.request_id, v_detail, v_over.quorum, v_over.on_timeout)::ask_answer;
  end loop;
  if p_counters is not null then
    c.current := v_current; c.mark := v_mark; c.refused := v_refused;
    perform write_counters(c, p_now);
  end if;
  return v_answers;
end $$;
