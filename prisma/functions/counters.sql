-- The counters of a group, locked, in the order given: one by one in the order of their keys, made where they are not there
-- yet, and before the clock is read. A run within a session (mode history) is read from its requests: of it only the turn is
-- taken. One statement for all would be planned for a table that statistics do not know yet, and read it whole.
create or replace function lock_counters(p_counters jsonb) returns counters[]
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_counter record;
  v_row counters;
  v_rows counters[] := '{}';
begin
  for v_counter in
    select * from rows from (jsonb_to_recordset(p_counters) as (key text, mode text)) with ordinality as x (key, mode, n) order by x.key collate "C"
  loop
    v_row := null;
    if v_counter.mode = 'history' then
      perform pg_advisory_xact_lock(hashtextextended(v_tenant || ' ' || v_counter.key, 0));
    else
      select * into v_row from counters where tenant_id = v_tenant and key = v_counter.key for update;
      if not found then
        insert into counters (tenant_id, key) values (v_tenant, v_counter.key) on conflict do nothing;
        select * into v_row from counters where tenant_id = v_tenant and key = v_counter.key for update;
      end if;
    end if;
    v_rows[v_counter.n] := v_row;
  end loop;
  return v_rows;
end $$;

-- Locked counters rolled on to the window that the clock is in. mode: slide (two fixed windows), fixed (days, in UTC),
-- session (no window), run (repeats: forgotten when nothing came for so long), history (nothing is kept here).
create or replace function read_counters(p_counters jsonb, p_rows counters[], p_now timestamptz) returns counted
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare v_counted counted;
begin
  select array_agg(w.key order by w.n), array_agg(w.mode order by w.n), array_agg(w.seconds order by w.n), array_agg(w.start order by w.n),
    array_agg(case when w.mode in ('slide', 'fixed') then w.start + make_interval(secs => w.seconds) end order by w.n),
    array_agg(case when w.mode <> 'history' then case when w.here then w.current else 0 end end order by w.n),
    array_agg(case when w.here then w.previous when w.next then w.current else 0 end order by w.n),
    array_agg(case when w.mode = 'slide' then (case when w.here then w.previous when w.next then w.current else 0 end)
      * (1 - extract(epoch from p_now - w.start) / w.seconds) else 0 end order by w.n),
    array_agg(case when w.here or w.next then w.mark end order by w.n),
    array_agg(case when w.here then w.refused else 0 end order by w.n),
    array_agg(case when w.here then 0 else coalesce(w.refused, 0) end order by w.n)
  into v_counted.keys, v_counted.modes, v_counted.seconds, v_counted.starts, v_counted.ends, v_counted.current, v_counted.previous,
    v_counted.past, v_counted.mark, v_counted.refused, v_counted.refused_before
  from (
    select x.key, x.seconds, x.mode, x.n, s.start, x.current, x.previous, x.mark, x.refused,
      case x.mode when 'run' then x.touched_at > p_now - make_interval(secs => x.seconds) else x.window_start = s.start end as here,
      x.mode = 'slide' and x.window_start = s.start - make_interval(secs => x.seconds) as next
    from rows from (jsonb_to_recordset(p_counters) as (key text, seconds integer, mode text), unnest(p_rows)) with ordinality
        as x (key, seconds, mode, tenant_id, locked, window_start, current, previous, mark, refused, touched_at, n)
      cross join lateral (select case when x.mode in ('slide', 'fixed')
        then to_timestamp(floor(extract(epoch from p_now) / x.seconds) * x.seconds) else 'epoch' end as start) s) w;
  return v_counted;
end $$;

create or replace function write_counters(p_counted counted, p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare v_tenant text := current_tenant();
begin
  for n in 1 .. cardinality(p_counted.keys) loop
    continue when p_counted.modes[n] = 'history';
    update counters k set window_start = p_counted.starts[n], current = p_counted.current[n], previous = p_counted.previous[n],
      mark = p_counted.mark[n], refused = p_counted.refused[n], touched_at = p_now
    where k.tenant_id = v_tenant and k.key = p_counted.keys[n];
  end loop;
end $$;

-- How often in a row a session has made this call until now, at most so many: its requests say it. Calls between which more
-- than the window passed are not in a row.
create or replace function run_of(p_agent uuid, p_session text, p_call bytea, p_seconds integer, p_most numeric, p_now timestamptz) returns integer
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  v_last record;
  v_after timestamptz := p_now;
  v_run integer := 0;
begin
  -- The call before alone, first: mostly it is another one.
  if not exists (select from (
    select r.action_digest, r.created_at from requests r
    where r.tenant_id = current_tenant() and r.agent_id = p_agent and r.session_id = p_session
    order by r.created_at desc, r.id desc limit 1) l where l.action_digest = p_call and l.created_at > p_now - make_interval(secs => p_seconds))
  then
    return 0;
  end if;
  for v_last in select r.action_digest, r.created_at from requests r
    where r.tenant_id = current_tenant() and r.agent_id = p_agent and r.session_id = p_session
    order by r.created_at desc, r.id desc limit p_most
  loop
    exit when v_last.action_digest <> p_call or v_last.created_at <= v_after - make_interval(secs => p_seconds);
    v_run := v_run + 1; v_after := v_last.created_at;
  end loop;
  return v_run;
end $$;

-- The first refusal of a window is recorded and told to the security officers; the rest are counted, and said with the next.
create or replace function limit_exceeded(p_agent uuid, p_key text, p_tool text, p_session text, p_limit text, p_cap numeric,
  p_refused_before integer, p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare v_tenant text := current_tenant();
begin
  insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, result_status, session_id, detail)
  values (v_tenant, p_now, 'limit.exceeded', 'agent', p_key, p_agent, p_tool, 'denied', p_session,
    jsonb_build_object('limit', p_limit, 'cap', p_cap, 'refused_in_the_window_before', p_refused_before));
  insert into notices (tenant_id, person_id, kind, created_at, detail)
  select v_tenant, p.id, 'limited', p_now, jsonb_build_object('agent', p_agent, 'tool', p_tool, 'limit', p_limit, 'cap', p_cap)
  from people p where p.tenant_id = v_tenant and p.status = 'active' and 'security_officer' = any (p.roles);
end $$;

-- What was reserved for requests that came to nothing.
create or replace function give_back(p_ids uuid[]) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare v_tenant text := current_tenant();
begin
  with reserved as (
    select x.key, x.start, sum(x.amount) as amount
    from requests r cross join lateral jsonb_to_recordset(r.reserved) as x (key text, start timestamptz, amount numeric)
    where r.tenant_id = v_tenant and r.id = any (p_ids) and r.reserved is not null
    group by x.key, x.start
  ), locked as (
    select c.key, c.window_start, r.start, r.amount from counters c join reserved r on r.key = c.key
    where c.tenant_id = v_tenant order by c.key for update of c
  )
  update counters c set
    current = case when l.window_start = l.start then greatest(0, c.current - l.amount) else c.current end,
    previous = case when l.window_start > l.start then greatest(0, c.previous - l.amount) else c.previous end
  from locked l where c.tenant_id = v_tenant and c.key = l.key;
end $$;

-- The scheduler's: counters that nothing has touched for longer than any window lasts. Looks at a few from a place of chance
-- on, in the order of their keys: an index on when they were touched would cost every ask.
create or replace function forget_counters(p_limit integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare v_count integer;
begin
  delete from counters c where c.tenant_id = current_tenant() and c.touched_at < door_clock() - interval '61 days' and c.key in (
    select k.key from counters k where k.tenant_id = current_tenant()
      and k.key >= (array['cost', 'count', 'limit', 'repeats', 'sum'])[1 + floor(random() * 5)] || ' ' || chr(33 + floor(random() * 90)::integer)
    order by k.key limit p_limit for update skip locked);
  get diagnostics v_count = row_count;
  return v_count;
end $$;
grant execute on function forget_counters(integer) to licet_app;
