-- The agent withdraws what it asked. refusal: not_found, expired, already_terminal; withdrawing twice is the same as once.
create or replace function cancel(p_request uuid, p_agent uuid, p_key text) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_now timestamptz;
  v_row requests;
begin
  perform pg_advisory_xact_lock_shared(gate());
  perform from requests where tenant_id = v_tenant and id = p_request for update;
  v_now := door_clock();
  perform expire_locked(array[p_request], v_now);
  select * into v_row from requests where tenant_id = v_tenant and id = p_request and agent_id = p_agent;
  if v_row.id is null then return 'not_found'; end if;
  if v_row.state = 'cancelled' then return null; end if;
  if v_row.state <> 'pending' then return case v_row.state when 'expired' then 'expired' else 'already_terminal' end; end if;

  update requests set state = 'cancelled', decided_at = v_now, decided_by = 'agent', outcome = 'withdrawn', level_due_at = null,
    revision = revision + 1, updated_at = v_now
  where tenant_id = v_tenant and id = p_request returning * into v_row;
  insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, action_type, requested_scope,
    resource_id, result_status, session_id, request_id, revision, detail)
  values (v_tenant, v_now, 'approval.cancelled', 'agent', p_key, v_row.agent_id, v_row.tool_name, v_row.action_type, v_row.scope,
    v_row.resource, 'success', v_row.session_id, v_row.id, v_row.revision, jsonb_build_object('outcome', 'withdrawn', 'level', v_row.level));
  perform came_to_nothing(array[p_request],
    case when exists (select from openings where tenant_id = v_tenant and request_id = p_request) then 'withdrawn' end, v_now);
  perform announce(array[p_request], 'infinity');
  return null;
end $$;
grant execute on function cancel(uuid, uuid, text) to licet_app;
