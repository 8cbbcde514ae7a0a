-- People come in by the set-up link (once), by invitation, or by the operator's command on the server's own host.

-- Is there an active admin who can sign in? The set-up link is void as soon as there is.
create or replace function has_admin() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from people where tenant_id = current_tenant() and status = 'active' and account_id is not null and 'admin' = any (roles))
$$;
grant execute on function has_admin() to licet_app;

-- Makes (or replaces) the printed link; false when there is an admin already.
create or replace function open_setup(p_token_hash bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if has_admin() then
    delete from setup;
    return false;
  end if;
  insert into setup (token_hash) values (p_token_hash)
  on conflict (only_one) do update set token_hash = excluded.token_hash, created_at = door_clock();
  return true;
end $$;
grant execute on function open_setup(bytea) to licet_app;

create or replace function setup_is_open(p_token_hash bytea) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select exists (select from setup where token_hash = p_token_hash) and not has_admin()
$$;
grant execute on function setup_is_open(bytea) to licet_app;

-- A member of this tenant with an account to sign in with: made if the e-mail has none. Null: the e-mail is a member already.
create or replace function add_person(p_name text, p_email text, p_roles text[], p_password_hash text) returns uuid
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_account uuid;
  v_person uuid;
begin
  insert into accounts (email, name, password_hash) values (lower(p_email), p_name, p_password_hash)
  on conflict (email) do nothing returning id into v_account;
  if v_account is null then
    select id into v_account from accounts where email = lower(p_email);
  end if;
  insert into memberships (account_id, tenant_id) values (v_account, v_tenant) on conflict do nothing;
  insert into people (tenant_id, account_id, name, email, roles) values (v_tenant, v_account, p_name, lower(p_email), p_roles)
  on conflict do nothing returning id into v_person;
  if v_person is not null then
    perform first_chain(v_person);
  end if;
  return v_person;
end $$;
grant execute on function add_person(text, text, text[], text) to licet_app;

-- The first person who may decide is level 1 of the chain "default", so that a first request has somebody to go to.
create or replace function first_chain(p_person uuid) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare v_chain uuid;
begin
  if exists (select from chains where tenant_id = current_tenant())
    or not exists (select from people where tenant_id = current_tenant() and id = p_person and roles && array['approver', 'security_officer']) then
    return;
  end if;
  insert into chains (tenant_id, name, version) values (current_tenant(), 'default', 1) returning id into v_chain;
  insert into chain_versions (tenant_id, chain_id, version, levels)
  values (current_tenant(), v_chain, 1, jsonb_build_array(jsonb_build_object('people', jsonb_build_array(p_person))));
end $$;

-- Somebody who cannot sign in and so can never decide: the owner of the demo's agent.
create or replace function add_placeholder(p_name text) returns uuid
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into people (tenant_id, name, roles) values (current_tenant(), p_name, array['owner']) returning id
$$;
grant execute on function add_placeholder(text) to licet_app;

-- Uses the link up and makes the first admin. Null: the link is not, or no longer, good. Raises email_taken when somebody
-- signs in with that e-mail already: their password is not ours to set, and the link stays good for another address.
create or replace function claim_setup(p_token_hash bytea, p_name text, p_email text, p_password_hash text) returns uuid
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from setup where token_hash = p_token_hash for update;
  if not found or has_admin() then
    return null;
  end if;
  if exists (select from accounts where email = lower(p_email)) then
    raise exception 'somebody signs in with that e-mail' using errcode = 'restrict_violation', constraint = 'email_taken';
  end if;
  delete from setup;
  perform set_config('licet.actor', '{"kind": "system", "via": "set-up link"}', true);
  return add_person(p_name, p_email, array['admin', 'approver', 'security_officer'], p_password_hash);
end $$;
grant execute on function claim_setup(bytea, text, text, text) to licet_app;

-- The invitation behind a link, if it is still good.
create or replace function find_invitation(p_token_hash bytea) returns table (id uuid, email text, name text, roles text[], invited_by text, tenant_name text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.id, i.email, i.name, i.roles, p.name, t.name
  from invitations i join tenants t on t.id = i.tenant_id left join people p on p.tenant_id = i.tenant_id and p.id = i.invited_by
  where i.tenant_id = current_tenant() and i.token_hash = p_token_hash
    and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > door_clock()
$$;
grant execute on function find_invitation(bytea) to licet_app;

create or replace function invite(p_token_hash bytea, p_email text, p_name text, p_roles text[], p_by uuid) returns uuid
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  update invitations set withdrawn_at = door_clock()
    where tenant_id = current_tenant() and email = lower(p_email) and accepted_at is null and withdrawn_at is null;
  insert into invitations (tenant_id, token_hash, email, name, roles, invited_by, expires_at)
  values (current_tenant(), p_token_hash, lower(p_email), p_name, p_roles, p_by, door_clock() + interval '7 days') returning id;
$$;
grant execute on function invite(bytea, text, text, text[], uuid) to licet_app;

create or replace function withdraw_invitation(p_id uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update invitations set withdrawn_at = door_clock()
  where tenant_id = current_tenant() and id = p_id and accepted_at is null and withdrawn_at is null;
  return found;
end $$;
grant execute on function withdraw_invitation(uuid) to licet_app;

-- refusal: gone (used, withdrawn, too old), account_exists (that e-mail already signs in here: its password is not ours to set).
create or replace function accept_invitation(p_token_hash bytea, p_name text, p_password_hash text) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare v_invitation invitations;
begin
  select * into v_invitation from invitations where tenant_id = current_tenant() and token_hash = p_token_hash for update;
  if v_invitation.id is null or v_invitation.accepted_at is not null or v_invitation.withdrawn_at is not null
    or v_invitation.expires_at <= door_clock() then
    return 'gone';
  end if;
  if exists (select from accounts where email = v_invitation.email) then
    return 'account_exists';
  end if;
  perform set_config('licet.actor', jsonb_build_object('kind', 'person', 'id', v_invitation.invited_by, 'via', 'invitation')::text, true);
  perform add_person(p_name, v_invitation.email, v_invitation.roles, p_password_hash);
  update invitations set accepted_at = door_clock() where tenant_id = current_tenant() and id = v_invitation.id;
  return null;
end $$;
grant execute on function accept_invitation(bytea, text, text) to licet_app;

-- Disabling somebody ends their sessions and forgets their devices in the same transaction. refusal: not_found, last_admin.
create or replace function set_person_status(p_person uuid, p_status text) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_account uuid;
begin
  update people set status = p_status where tenant_id = v_tenant and id = p_person returning account_id into v_account;
  if not found then
    return 'not_found';
  end if;
  if p_status = 'disabled' then
    update sessions set ended_at = door_clock() where tenant_id = v_tenant and account_id = v_account and ended_at is null;
    delete from subscriptions where tenant_id = v_tenant and person_id = p_person;
  end if;
  return null;
end $$;
grant execute on function set_person_status(uuid, text) to licet_app;

-- There is always somebody who can put things right: the last admin keeps the role and the access.
create or replace function keep_an_admin() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if 'admin' = any (old.roles) and old.status = 'active' and old.account_id is not null and not has_admin() then
    raise exception 'the last admin stays' using errcode = 'restrict_violation', constraint = 'last_admin';
  end if;
  return null;
end $$;
create or replace trigger keep_an_admin after update of roles, status on people for each row execute function keep_an_admin();

-- A new password ends every session but the one it was set from (null: all of them). Only for an account of this tenant.
create or replace function set_password(p_account uuid, p_password_hash text, p_keep bytea) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from people where tenant_id = current_tenant() and account_id = p_account) then
    return;
  end if;
  update accounts set password_hash = p_password_hash where id = p_account;
  update sessions set ended_at = door_clock() where account_id = p_account and ended_at is null and id_hash is distinct from p_keep;
  delete from subscriptions where tenant_id = current_tenant()
    and session_hash in (select id_hash from sessions where account_id = p_account and ended_at is not null);
  insert into audit_records (tenant_id, at, event, actor_kind, actor_id, resource_id, result_status)
  select current_tenant(), door_clock(), 'session.password_changed', actor() ->> 'kind', actor() ->> 'id', 'people/' || id, 'success'
  from people where tenant_id = current_tenant() and account_id = p_account;
end $$;
grant execute on function set_password(uuid, text, bytea) to licet_app;
