-- Tenants with something to do now, and how long until the next has (milliseconds). An install-wide read: no tenant is set.
create or replace function due_tenants(p_limit integer) returns table (tenant_id text, due boolean, wait_ms double precision)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.tenant_id, d.next_due <= clock.now, greatest(0, extract(epoch from d.next_due - clock.now) * 1000)
  from due d, (select door_clock() as now) clock
  where d.next_due < 'infinity'
  order by d.next_due limit p_limit
$$;
grant execute on function due_tenants(integer) to licet_app;

-- Says when this tenant is next due, after its due work was done. Holds the gate exclusively for the moment of the look:
-- an ask that is about to commit an earlier time has either done so, or waits and lowers it again after us.
create or replace function settle_due() returns timestamptz
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_next timestamptz;
begin
  perform pg_advisory_xact_lock(gate());
  select least(
    (select min(expires_at) from requests where tenant_id = v_tenant and state = 'pending'),
    (select min(expires_at) - interval '1 second' from requests where tenant_id = v_tenant and state = 'pending' and on_timeout = 'allow'),
    (select min(level_due_at) from requests where tenant_id = v_tenant and state = 'pending' and level_due_at is not null),
    (select door_clock() from config_versions where tenant_id = v_tenant and checked < version),
    (select min(due_at) from outbox where tenant_id = v_tenant and settled_at is null),
    'infinity') into v_next;
  update due set next_due = v_next where tenant_id = v_tenant;
  return v_next;
end $$;
grant execute on function settle_due() to licet_app;

-- A replica's scheduler is alive. Replicas not seen for a day are forgotten.
create or replace function beat(p_replica text) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into heartbeats (replica, beat_at) values (p_replica, door_clock())
  on conflict (replica) do update set beat_at = excluded.beat_at;
  delete from heartbeats where beat_at < door_clock() - interval '1 day';
$$;
grant execute on function beat(text) to licet_app;

-- Milliseconds since any scheduler was last seen; null when none ever was.
create or replace function scheduler_age() returns double precision
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select extract(epoch from door_clock() - max(beat_at)) * 1000 from heartbeats
$$;
grant execute on function scheduler_age() to licet_app;
