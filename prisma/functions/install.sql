-- Secrets of the installation that the running application needs (the sealed VAPID pair). Written once.
create or replace function install_key(p_name text, p_value text) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare v_value text;
begin
  if p_value is not null and p_name <> 'secret' then
    insert into install_keys (name, value) values (p_name, p_value) on conflict (name) do nothing;
  end if;
  select value into v_value from install_keys where name = p_name and name <> 'secret';
  return v_value;
end $$;
grant execute on function install_key(text, text) to licet_app;
