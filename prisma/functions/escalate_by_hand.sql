-- Somebody who may decide sends it up instead. refusal: as decide's, and last_level.
create or replace function escalate_by_hand(p_request uuid, p_person uuid, p_session bytea) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_now timestamptz;
  v_row requests;
  v_refusal text;
begin
  perform pg_advisory_xact_lock_shared(gate());
  perform from requests where tenant_id = v_tenant and id = p_request for update;
  v_now := door_clock();
  perform expire_locked(array[p_request], v_now);
  select * into v_row from requests where tenant_id = v_tenant and id = p_request;
  if v_row.id is null then return 'not_found'; end if;
  if not session_holds(p_session, p_person, v_now) then return 'signed_out'; end if;
  if v_row.state <> 'pending' then return case v_row.state when 'expired' then 'expired' else 'already_terminal' end; end if;
  v_refusal := decider_refusal(p_request, p_person);
  -- Who has approved may want more people to be asked.
  if v_refusal is not null and v_refusal <> 'already_voted' then return v_refusal; end if;
  if able_level(v_row.chain_id, v_row.chain_version, v_row.level + 1, v_row.agent_id, v_row.key_id) is null then
    return 'last_level';
  end if;
  perform raise_level(array[p_request], v_now, p_person);
  return null;
end $$;
grant execute on function escalate_by_hand(uuid, uuid, bytea) to licet_app;
