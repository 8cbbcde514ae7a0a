-- A password was just verified: remember it for one request in its present version, to be spent once within two minutes.
-- refusal: not_found, signed_out, already_terminal.
create or replace function step_up(p_request uuid, p_person uuid, p_session bytea) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_now timestamptz;
  v_row requests;
begin
  select * into v_row from requests where tenant_id = v_tenant and id = p_request for share;
  v_now := door_clock();
  if v_row.id is null then return 'not_found'; end if;
  if not session_holds(p_session, p_person, v_now) then return 'signed_out'; end if;
  if v_row.state <> 'pending' then return 'already_terminal'; end if;
  insert into step_ups (tenant_id, request_id, content_version, person_id, session_hash, proved_at)
  values (v_tenant, p_request, v_row.content_version, p_person, p_session, v_now)
  on conflict (tenant_id, request_id, content_version, person_id)
    do update set session_hash = excluded.session_hash, proved_at = excluded.proved_at, used_at = null;
  insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, result_status, request_id, detail)
  values (v_tenant, v_now, 'session.step_up', 'person', p_person, v_row.agent_id, v_row.tool_name, 'success', p_request,
    jsonb_build_object('by', 'password', 'version', v_row.content_version));
  return null;
end $$;
grant execute on function step_up(uuid, uuid, bytea) to licet_app;
