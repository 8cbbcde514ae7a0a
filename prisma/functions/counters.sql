-- Locks the counters of a group in the order of their keys, making those that are not there yet. Before the clock is read.
create or replace function lock_counters(p_counters jsonb) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_keys text[];
  v_found integer;
begin
  select array_agg(c.key order by c.key) into v_keys from jsonb_to_recordset(p_counters) as c (key text);
  select count(*) into v_found from (
    select from counters where tenant_id = v_tenant and key = any (v_keys) order by key for update) locked;
  if v_found < cardinality(v_keys) then
    insert into counters (tenant_id, key) select v_tenant, k from unnest(v_keys) k order by k on conflict do nothing;
    perform from counters where tenant_id = v_tenant and key = any (v_keys) order by key for update;
  end if;
end $$;

-- The locked counters, in the order given, rolled on to the window that the clock is in. mode: slide (two fixed windows),
-- fixed (days, in UTC), session (no window), run (repeats: forgotten when nothing came for so long).
create or replace function read_counters(p_counters jsonb, p_now timestamptz) returns counted
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_counted counted;
begin
  select array_agg(w.key order by w.n), array_agg(w.start order by w.n),
    array_agg(case when w.mode in ('slide', 'fixed') then w.start + make_interval(secs => w.seconds) end order by w.n),
    array_agg(case when w.here then w.current else 0 end order by w.n),
    array_agg(case when w.here then w.previous when w.next then w.current else 0 end order by w.n),
    array_agg(case when w.mode = 'slide' then (case when w.here then w.previous when w.next then w.current else 0 end)
      * (1 - extract(epoch from p_now - w.start) / w.seconds) else 0 end order by w.n),
    array_agg(case when w.here or w.next then w.mark end order by w.n),
    array_agg(case when w.here then w.refused else 0 end order by w.n),
    array_agg(case when w.here then 0 else w.refused end order by w.n)
  into v_counted.keys, v_counted.starts, v_counted.ends, v_counted.current, v_counted.previous, v_counted.past, v_counted.mark,
    v_counted.refused, v_counted.refused_before
  from (
    select x.*, s.start, o.current, o.previous, o.mark, o.refused, case x.mode when 'run' then o.touched_at > p_now - make_interval(secs => x.seconds) else o.window_start = s.start end as here,
      x.mode = 'slide' and o.window_start = s.start - make_interval(secs => x.seconds) as next
    from rows from (jsonb_to_recordset(p_counters) as (key text, seconds integer, mode text)) with ordinality as x (key, seconds, mode, n)
      cross join lateral (select case when x.mode in ('slide', 'fixed')
        then to_timestamp(floor(extract(epoch from p_now) / x.seconds) * x.seconds) else 'epoch' end as start) s
      join counters o on o.tenant_id = v_tenant and o.key = x.key) w;
  return v_counted;
end $$;

create or replace function write_counters(p_counted counted, p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  update counters k set window_start = c.start, current = c.current, previous = c.previous, mark = c.mark, refused = c.refused, touched_at = p_now
  from unnest(p_counted.keys, p_counted.starts, p_counted.current, p_counted.previous, p_counted.mark, p_counted.refused)
    as c (key, start, current, previous, mark, refused)
  where k.tenant_id = current_tenant() and k.key = c.key;
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
