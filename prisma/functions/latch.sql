-- The latch: from the moment two admins who can sign in exist, a change that widens needs both, for ever. Whoever makes
-- themselves the only admin again gains nothing by it.
create or replace function able_admins() returns setof uuid language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select id from people where tenant_id = current_tenant() and status = 'active' and account_id is not null and 'admin' = any (roles)
$$;

create or replace function latch() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update config_versions set two_admins_at = door_clock()
  where tenant_id = current_tenant() and two_admins_at is null and (select count(*) from able_admins()) >= 2;
  return null;
end $$;
create or replace trigger latch after insert or update on people for each statement execute function latch();

-- What every change of configuration by people starts with: no decision is in flight from here on, and the latch is read.
create or replace function begin_change() returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform actor();
  perform pg_advisory_xact_lock(gate());
  return (select two_admins_at is not null from config_versions where tenant_id = current_tenant());
end $$;
grant execute on function begin_change() to licet_app;
