-- Every change of configuration, in its own transaction: waits until no decision under the old one is in flight (the
-- gate), raises config_versions so that what was evaluated before is evaluated again, and writes the audit record.
create or replace function close_gate() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform actor();
  perform pg_advisory_xact_lock(gate());
  return null;
end $$;

create or replace function record_configuration() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_actor jsonb := actor();
  v_old jsonb := case when tg_op = 'INSERT' then '{}' else to_jsonb(old) end;
  v_new jsonb := case when tg_op = 'DELETE' then '{}' else to_jsonb(new) end;
  v_row jsonb := v_old || v_new;
  v_hidden text[] := array['tenant_id', 'created_at', 'token_hash', 'account_id'];
  v_before jsonb;
  v_after jsonb;
begin
  select jsonb_object_agg(key, value) into v_before from jsonb_each(v_old)
    where value is distinct from v_new -> key and key <> all (v_hidden);
  select jsonb_object_agg(key, value) into v_after from jsonb_each(v_new)
    where value is distinct from v_old -> key and key <> all (v_hidden);
  if v_before is null and v_after is null then
    return null;
  end if;
  update config_versions set version = version + 1 where tenant_id = current_tenant();
  update due set next_due = least(next_due, door_clock()) where tenant_id = current_tenant();
  insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, resource_id, result_status, detail)
  values (current_tenant(), door_clock(), 'config.' || tg_table_name || '.' || lower(tg_op),
    v_actor ->> 'kind', v_actor ->> 'id',
    case when tg_table_name = 'agents' then (v_row ->> 'id')::uuid else (v_row ->> 'agent_id')::uuid end,
    case when tg_table_name = 'tools' then v_row ->> 'name' end,
    tg_table_name || '/' || coalesce(v_row ->> 'id', v_row ->> 'tool_id', v_row ->> 'chain_id', v_row ->> 'version'),
    'success',
    jsonb_strip_nulls(jsonb_build_object('before', v_before, 'after', v_after, 'via', v_actor ->> 'via')));
  return null;
end $$;

do $$
declare
  v_table text;
  v_events text;
begin
  foreach v_table in array array['people', 'invitations', 'agents', 'agent_keys', 'tools', 'tool_versions', 'grants', 'policies',
    'chains', 'chain_versions'] loop
    -- That a key was used is not a change of configuration.
    v_events := case v_table when 'agent_keys' then 'insert or delete or update of revoked_at, expires_at, agent_id'
      else 'insert or update or delete' end;
    execute format('create or replace trigger close_gate before %s on %I for each statement execute function close_gate()', v_events, v_table);
    execute format('create or replace trigger record_configuration after %s on %I for each row execute function record_configuration()', v_events, v_table);
  end loop;
end $$;
