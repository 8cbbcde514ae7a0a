-- Who wrote a version of a tool: whoever made the change; of what was proposed, who proposed it.
create or replace function set_author() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_actor jsonb := actor();
  v_change uuid := substring(v_actor ->> 'via' from '^change ([0-9a-f-]{36})$')::uuid;
begin
  new.author := case when v_change is null then coalesce(v_actor ->> 'id', v_actor ->> 'kind')
    else (select coalesce(proposed_by::text, 'operator') from requests where tenant_id = current_tenant() and id = v_change) end;
  return new;
end $$;
create or replace trigger set_author before insert on tool_versions for each row execute function set_author();
