-- What was recorded stays: audit records, votes and published versions are written once.
create or replace function guard_history() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end $$;

do $$
declare v_table text;
begin
  foreach v_table in array array['audit_records', 'votes', 'tool_versions', 'policies', 'chain_versions'] loop
    execute format('create or replace trigger append_only before update or delete on %I for each row execute function guard_history()', v_table);
    execute format('create or replace trigger append_only_truncate before truncate on %I for each statement execute function guard_history()', v_table);
  end loop;
end $$;
