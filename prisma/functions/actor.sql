-- Who is writing configuration in this transaction: {"kind": "person", "id": "…"} or {"kind": "operator"}.
-- Fails without one, so that nothing, not even a plain INSERT of the ORM, changes configuration unrecorded.
create or replace function actor() returns jsonb language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare v_actor jsonb := nullif(current_setting('licet.actor', true), '')::jsonb;
begin
  if v_actor ->> 'kind' is null then
    raise exception 'licet.actor is not set' using errcode = 'insufficient_privilege',
      hint = 'A change of configuration names who makes it.';
  end if;
  return v_actor;
end $$;
