-- A key row and its entry in the directory are one thing in two tables: the tenant's, and the one read before a tenant is known.
-- refusal: no_such_agent, too_many_keys (two live ones, so that one can be rotated).
create or replace function create_agent_key(p_id text, p_agent uuid, p_secret_hash bytea, p_by uuid) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare v_tenant text := current_tenant();
begin
  perform pg_advisory_xact_lock(gate());
  if not exists (select from agents where tenant_id = v_tenant and id = p_agent) then
    return 'no_such_agent';
  end if;
  if (select count(*) from agent_keys where tenant_id = v_tenant and agent_id = p_agent and revoked_at is null) >= 2 then
    return 'too_many_keys';
  end if;
  insert into agent_keys (tenant_id, id, agent_id, created_by) values (v_tenant, p_id, p_agent, p_by);
  insert into key_directory (key_id, tenant_id, agent_id, secret_hash) values (p_id, v_tenant, p_agent, p_secret_hash);
  return null;
end $$;
grant execute on function create_agent_key(text, uuid, bytea, uuid) to licet_app;

create or replace function revoke_agent_key(p_id text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update agent_keys set revoked_at = door_clock() where tenant_id = current_tenant() and id = p_id and revoked_at is null;
  if not found then
    return false;
  end if;
  update key_directory set revoked_at = door_clock() where key_id = p_id and tenant_id = current_tenant();
  return true;
end $$;
grant execute on function revoke_agent_key(text) to licet_app;

-- Whose key is this? Null row: nobody's. The caller compares the hash in constant time.
create or replace function authenticate_key(p_id text) returns table (tenant_id text, agent_id uuid, secret_hash bytea)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.tenant_id, d.agent_id, d.secret_hash from key_directory d
  where d.key_id = p_id and d.revoked_at is null and (d.expires_at is null or d.expires_at > door_clock())
$$;
grant execute on function authenticate_key(text) to licet_app;

-- When keys were last used, written together now and then and not on the way of every call.
create or replace function touch_keys(p_ids text[]) returns void
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update agent_keys set last_used_at = door_clock() where tenant_id = current_tenant() and id = any (p_ids)
$$;
grant execute on function touch_keys(text[]) to licet_app;
