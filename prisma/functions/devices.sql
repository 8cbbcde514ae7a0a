-- A browser that may be pushed to: bound to the person and to the session it was added from. The same endpoint on a
-- shared machine moves to whoever signed in last, so the one before stops receiving.
create or replace function add_device(p_person uuid, p_session bytea, p_endpoint text, p_p256dh text, p_auth text, p_label text) returns uuid
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into subscriptions as s (tenant_id, person_id, session_hash, endpoint, p256dh, auth, label)
  values (current_tenant(), p_person, p_session, p_endpoint, p_p256dh, p_auth, left(p_label, 200))
  on conflict (tenant_id, endpoint) do update set person_id = excluded.person_id, session_hash = excluded.session_hash,
    p256dh = excluded.p256dh, auth = excluded.auth, label = excluded.label, unconfirmed = 0,
    created_at = case when s.person_id = excluded.person_id then s.created_at else door_clock() end
  returning id
$$;
grant execute on function add_device(uuid, bytea, text, text, text, text) to licet_app;

create or replace function remove_device(p_person uuid, p_device uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from subscriptions where tenant_id = current_tenant() and person_id = p_person and id = p_device;
  return found;
end $$;
grant execute on function remove_device(uuid, uuid) to licet_app;

-- Everything needed to push to one of the person's own devices, for the test push.
create or replace function find_device(p_person uuid, p_device uuid) returns table (id uuid, endpoint text, p256dh text, auth text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select id, endpoint, p256dh, auth from subscriptions where tenant_id = current_tenant() and person_id = p_person and id = p_device
$$;
grant execute on function find_device(uuid, uuid) to licet_app;

-- The service worker says it showed a push.
create or replace function confirm_device(p_person uuid, p_endpoint text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update subscriptions set received_at = door_clock(), unconfirmed = 0
  where tenant_id = current_tenant() and person_id = p_person and endpoint = p_endpoint;
  return found;
end $$;
grant execute on function confirm_device(uuid, text) to licet_app;

create or replace function see_notices(p_person uuid, p_ids uuid[]) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update notices set seen_at = door_clock()
  where tenant_id = current_tenant() and person_id = p_person and id = any (p_ids) and seen_at is null
$$;
grant execute on function see_notices(uuid, uuid[]) to licet_app;
