-- The install-wide part of signing in. These run without a tenant: they are how one becomes known.

-- Counts an attempt before it is verified, so that parallel guesses cannot share one count. Returns how many seconds to
-- wait instead, 0 when the attempt may go on. From the sixth failure of a subject each waits twice as long, up to 15 min.
create or replace function begin_sign_in(p_account text, p_address text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_now timestamptz := door_clock();
  v_wait integer;
begin
  delete from sign_in_failures where last_at < v_now - interval '1 day' and subject not in (p_account, p_address);
  -- Both counts are locked before they are looked at: of guesses that come at once, each sees what those before it counted.
  insert into sign_in_failures (subject, failures, last_at)
    select s, 0, v_now from unnest(array[p_account, p_address]) s order by s on conflict do nothing;
  perform from sign_in_failures where subject in (p_account, p_address) order by subject for update;
  v_now := door_clock();
  update sign_in_failures set failures = 0 where subject in (p_account, p_address) and last_at < v_now - interval '1 day';
  select ceil(extract(epoch from max(locked_until) - v_now)) into v_wait from sign_in_failures
    where subject in (p_account, p_address) and locked_until > v_now;
  if v_wait is not null then
    return v_wait;
  end if;
  update sign_in_failures f set failures = f.failures + 1, last_at = v_now,
    -- An address may be a whole office: it is given ten times as many.
    locked_until = case when f.failures + 1 > m.free then v_now + make_interval(secs => least(900, 2 ^ least(10, f.failures - m.free))) end
  from (values (p_account, 5), (p_address, 50)) m (subject, free) where f.subject = m.subject;
  return 0;
end $$;
grant execute on function begin_sign_in(text, text) to licet_app;

create or replace function sign_in_succeeded(p_account text, p_address text) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from sign_in_failures where subject = p_account;
  update sign_in_failures set failures = greatest(0, failures - 1), locked_until = null where subject = p_address;
$$;
grant execute on function sign_in_succeeded(text, text) to licet_app;

create or replace function find_account(p_email text) returns table (id uuid, name text, email text, password_hash text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select id, name, email, password_hash from accounts where email = lower(p_email)
$$;
grant execute on function find_account(text) to licet_app;

-- The account of a single sign-on identity. Bound at the first sign-in to the account of the same verified e-mail only if
-- that account has no password and no identity yet: an admin made it for exactly this. Nothing is linked by e-mail alone.
create or replace function find_identity(p_issuer text, p_subject text, p_email text, p_verified boolean) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare v_account uuid;
begin
  select id into v_account from accounts where issuer = p_issuer and subject = p_subject;
  if v_account is null and p_verified then
    update accounts set issuer = p_issuer, subject = p_subject
    where email = lower(p_email) and password_hash is null and issuer is null
    returning id into v_account;
  end if;
  return v_account;
end $$;
grant execute on function find_identity(text, text, text, boolean) to licet_app;

-- Opens a session in the account's tenant (the first one it is an active member of); null when it has none.
create or replace function open_session(p_account uuid, p_hash bytea, p_user_agent text) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text;
  v_person uuid;
begin
  for v_tenant in select m.tenant_id from memberships m where m.account_id = p_account order by m.created_at loop
    perform set_config('licet.tenant', v_tenant, true);
    select id into v_person from people where tenant_id = v_tenant and account_id = p_account and status = 'active';
    exit when v_person is not null;
  end loop;
  if v_person is null then
    return null;
  end if;
  insert into sessions (id_hash, tenant_id, account_id, user_agent, created_at, last_seen_at, expires_at)
  values (p_hash, v_tenant, p_account, left(p_user_agent, 300), door_clock(), door_clock(), door_clock() + interval '12 hours');
  insert into audit_records (tenant_id, at, event, actor_kind, actor_id, result_status)
  values (v_tenant, door_clock(), 'session.opened', 'person', v_person, 'success');
  return v_tenant;
end $$;
grant execute on function open_session(uuid, bytea, text) to licet_app;

-- Who holds this session now: idle 30 minutes and 12 hours in all end it. Touches it at most every 30 seconds.
create or replace function authenticate_session(p_hash bytea)
returns table (tenant_id text, person_id uuid, account_id uuid, name text, email text, roles text[], has_password boolean)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  v_now timestamptz := door_clock();
  v_session sessions;
begin
  select * into v_session from sessions s where s.id_hash = p_hash and s.ended_at is null and s.expires_at > v_now
    and s.last_seen_at > v_now - interval '30 minutes';
  if v_session.id_hash is null then
    return;
  end if;
  if v_session.last_seen_at < v_now - interval '30 seconds' then
    update sessions set last_seen_at = v_now where id_hash = p_hash and last_seen_at < v_now;
  end if;
  perform set_config('licet.tenant', v_session.tenant_id, true);
  return query select p.tenant_id, p.id, a.id, p.name, a.email, p.roles, a.password_hash is not null
    from people p join accounts a on a.id = p.account_id
    where p.tenant_id = v_session.tenant_id and p.account_id = v_session.account_id and p.status = 'active';
end $$;
grant execute on function authenticate_session(bytea) to licet_app;

-- Which of these sessions of the tenant still hold, and with which roles: the event streams ask every few seconds. Does
-- not count as activity.
create or replace function live_sessions(p_hashes bytea[]) returns table (id_hash bytea, roles text[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.id_hash, p.roles
  from sessions s join people p on p.tenant_id = s.tenant_id and p.account_id = s.account_id and p.status = 'active'
  where s.tenant_id = current_tenant() and s.id_hash = any (p_hashes) and s.ended_at is null
    and s.expires_at > door_clock() and s.last_seen_at > door_clock() - interval '30 minutes'
$$;
grant execute on function live_sessions(bytea[]) to licet_app;

-- Ends one session, or all of its account's (p_all): signed out everywhere, and no device is pushed to any more.
create or replace function end_sessions(p_hash bytea, p_all boolean) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_session sessions;
  v_ended bytea[];
begin
  select * into v_session from sessions where id_hash = p_hash;
  if v_session.id_hash is null then
    return 0;
  end if;
  with ended as (
    update sessions set ended_at = door_clock()
    where ended_at is null and (id_hash = p_hash or (p_all and account_id = v_session.account_id)) returning id_hash)
  select array_agg(id_hash) into v_ended from ended;
  perform set_config('licet.tenant', v_session.tenant_id, true);
  delete from subscriptions where tenant_id = v_session.tenant_id and session_hash = any (v_ended);
  insert into audit_records (tenant_id, at, event, actor_kind, actor_id, result_status, detail)
  select v_session.tenant_id, door_clock(), 'session.ended', 'person', p.id, 'success', jsonb_build_object('sessions', cardinality(v_ended))
  from people p where p.tenant_id = v_session.tenant_id and p.account_id = v_session.account_id and v_ended is not null;
  return coalesce(cardinality(v_ended), 0);
end $$;
grant execute on function end_sessions(bytea, boolean) to licet_app;

-- The person's own open sessions, for the settings page.
create or replace function list_sessions(p_hash bytea) returns table (current boolean, user_agent text, created_at timestamptz, last_seen_at timestamptz)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.id_hash = p_hash, s.user_agent, s.created_at, s.last_seen_at
  from sessions mine join sessions s on s.account_id = mine.account_id and s.ended_at is null and s.expires_at > door_clock()
    -- Half an hour without use ends one, too.
    and (s.last_seen_at > door_clock() - interval '30 minutes' or s.id_hash = p_hash)
  where mine.id_hash = p_hash order by s.last_seen_at desc
$$;
grant execute on function list_sessions(bytea) to licet_app;
