-- A person of the chain that was silent lets the agent use the tool again: this block and, where several requests ran out,
-- the others of the same agent and tool that the person may lift. refusal: not_found, signed_out, requester, not_asked,
-- already_lifted.
create or replace function lift_block(p_block uuid, p_person uuid, p_session bytea) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_now timestamptz;
  v_block blocks;
  v_refusal text;
begin
  perform pg_advisory_xact_lock_shared(gate());
  select * into v_block from blocks where tenant_id = v_tenant and id = p_block;
  perform from blocks where tenant_id = v_tenant and agent_id = v_block.agent_id and tool_id = v_block.tool_id and lifted_at is null
    order by id for update;
  select * into v_block from blocks where tenant_id = v_tenant and id = p_block;
  v_now := door_clock();
  if v_block.id is null then return 'not_found'; end if;
  if not session_holds(p_session, p_person, v_now) then return 'signed_out'; end if;
  if v_block.lifted_at is not null or v_block.ends_at <= v_now then return 'already_lifted'; end if;
  -- Any level of the chain, also one that was not asked.
  v_refusal := decider_refusal(v_block.request_id, p_person, 3);
  if v_refusal is not null then return v_refusal; end if;

  with lifted as (
    update blocks b set lifted_at = v_now, lifted_by = p_person
    where b.tenant_id = v_tenant and b.agent_id = v_block.agent_id and b.tool_id = v_block.tool_id and b.lifted_at is null
      and b.ends_at > v_now and decider_refusal(b.request_id, p_person, 3) is null
    returning b.*
  )
  insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, action_type, result_status, request_id, detail)
  select v_tenant, v_now, 'tool.unblocked', 'person', p_person, l.agent_id, r.tool_name, r.action_type,
    'success', l.request_id, jsonb_build_object('block', l.id)
  from lifted l join requests r on r.tenant_id = v_tenant and r.id = l.request_id;
  perform announce(array[v_block.request_id], 'infinity');
  return null;
end $$;
grant execute on function lift_block(uuid, uuid, bytea) to licet_app;
