-- Claims what is to be told, for one minute: a replica that dies in between leaves at most one duplicate. SKIP LOCKED
-- lets every replica run this. What no longer needs telling (decided, expired, moved on) is superseded here.
drop function if exists claim_outbox(integer);
create function claim_outbox(p_limit integer)
returns table (id uuid, request_id uuid, level smallint, person_id uuid, attempts integer, created_at timestamptz,
  risk text, expires_at timestamptz, seconds_left integer, reached boolean, devices jsonb)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  v_tenant text := current_tenant();
  v_now timestamptz := door_clock();
begin
  update outbox o set settled_at = v_now, outcome = 'superseded' from requests r
  where o.tenant_id = v_tenant and o.settled_at is null and o.due_at <= v_now
    and r.tenant_id = o.tenant_id and r.id = o.request_id and (r.state <> 'pending' or r.expires_at <= v_now);
  return query
  with claimed as (
    update outbox o set due_at = v_now + interval '1 minute', attempts = o.attempts + 1
    where o.tenant_id = v_tenant and o.id in (
      select d.id from outbox d where d.tenant_id = v_tenant and d.settled_at is null and d.due_at <= v_now
      order by d.due_at limit p_limit for update skip locked)
    returning o.*
  )
  select c.id, c.request_id, c.level, c.person_id, c.attempts, c.created_at, r.risk::text, r.expires_at,
    extract(epoch from r.expires_at - v_now)::integer,
    -- A device of theirs took it at an earlier attempt.
    exists (select from deliveries d where d.tenant_id = v_tenant and d.outbox_id = c.id and d.outcome = 'sent'),
    (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'endpoint', s.endpoint, 'p256dh', s.p256dh, 'auth', s.auth)), '[]')
     from subscriptions s join sessions e on e.id_hash = s.session_hash and e.ended_at is null
     where s.tenant_id = v_tenant and s.person_id = c.person_id
       -- On a retry only those that have not been reached yet.
       and not exists (select from deliveries d where d.tenant_id = v_tenant and d.outbox_id = c.id
         and d.subscription_id = s.id and d.outcome in ('sent', 'gone', 'failed')))
  from claimed c join requests r on r.tenant_id = v_tenant and r.id = c.request_id;
end $$;
grant execute on function claim_outbox(integer) to licet_app;

-- What became of one send to one device. A device the push service no longer knows is forgotten.
create or replace function record_delivery(p_outbox uuid, p_subscription uuid, p_attempt integer, p_outcome text, p_status integer)
returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare v_tenant text := current_tenant();
begin
  insert into deliveries (tenant_id, outbox_id, subscription_id, attempt, at, outcome, status)
  values (v_tenant, p_outbox, p_subscription, p_attempt, door_clock(), p_outcome, p_status);
  update subscriptions set sent_at = door_clock(), unconfirmed = unconfirmed + 1
  where tenant_id = v_tenant and id = p_subscription and p_outcome = 'sent';
  delete from subscriptions where tenant_id = v_tenant and id = p_subscription and p_outcome = 'gone';
end $$;
grant execute on function record_delivery(uuid, uuid, integer, text, integer) to licet_app;

-- Ends one notification, or puts it off: p_outcome null tries again in p_retry_in seconds.
create or replace function settle_outbox(p_outbox uuid, p_outcome text, p_detail text, p_retry_in integer)
returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_now timestamptz := door_clock();
  v_row outbox;
begin
  -- Before the scheduler's look at when this tenant is next due, or after it: never lost to it.
  perform pg_advisory_xact_lock_shared(gate());
  update outbox set outcome = p_outcome, settled_at = case when p_outcome is not null then v_now end, detail = p_detail,
    due_at = v_now + make_interval(secs => coalesce(p_retry_in, 0))
  where tenant_id = v_tenant and id = p_outbox and settled_at is null
  returning * into v_row;
  if v_row.id is not null and p_outcome is null then
    perform announce('{}', v_row.due_at);
  end if;
  if v_row.id is not null and p_outcome is not null then
    insert into audit_records (tenant_id, at, event, actor_kind, resource_id, result_status, request_id, detail)
    values (v_tenant, v_now, 'notification.' || p_outcome, 'system', 'people/' || v_row.person_id,
      case p_outcome when 'sent' then 'success' else 'error' end, v_row.request_id,
      jsonb_strip_nulls(jsonb_build_object('channel', v_row.channel, 'level', v_row.level, 'attempts', v_row.attempts, 'detail', p_detail)));
  end if;
end $$;
grant execute on function settle_outbox(uuid, text, text, integer) to licet_app;
