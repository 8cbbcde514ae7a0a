-- A change: a person (or the operator's command) proposes configuration, a second entitled person decides through the same
-- door as for any request (docs/decisions/0010-change-control.md). It has no agent, no key, no session and no tool, and its
-- approval is never used: what it says is in force in the transaction that approves it.
alter table requests
  alter column agent_id drop not null,
  alter column key_id drop not null,
  alter column session_id drop not null,
  alter column tool_name drop not null,
  -- Who proposed a change; null: the operator's command.
  add column proposed_by uuid;

create function is_whole(kind text, state text, agent_id uuid, key_id text, session_id text, tool_name text, proposed_by uuid,
  created_at timestamptz, expires_at timestamptz, decided_at timestamptz, decided_by text, decided_person uuid, chain_id uuid, level smallint,
  tool_id uuid, validity text, use_by timestamptz, uses_left integer) returns boolean
language plpgsql immutable as $$
begin
  if kind = 'action' then
    return agent_id is not null and key_id is not null and session_id is not null and tool_name is not null and proposed_by is null
      and expires_at between created_at + interval '10 seconds' and created_at + interval '30 days'
      and (decided_by is not distinct from 'person') = (decided_person is not null)
      and (case state
        when 'pending' then decided_at is null and decided_by is null and chain_id is not null and level is not null and use_by is null
        when 'approved' then decided_at < expires_at and decided_by in ('policy', 'person') and tool_id is not null
          and use_by is not null and uses_left is not null and validity is not null
        when 'expired' then decided_at >= expires_at and decided_by = 'silence' and use_by is null
        when 'cancelled' then decided_at is not null and decided_by = 'agent' and use_by is null
        else decided_at is not null and decided_by in ('policy', 'person') and use_by is null end) is true;
  end if;
  return kind = 'change' and agent_id is null and key_id is null and session_id is null and tool_name is null and tool_id is null
    and chain_id is null and level is null and validity is null and use_by is null and uses_left is null
    and expires_at between created_at + interval '10 seconds' and created_at + interval '30 days'
    and (decided_by is not distinct from 'person') = (decided_person is not null)
    and (case state
      when 'pending' then decided_at is null and decided_by is null
      -- Nobody decides for themselves.
      when 'approved' then decided_at < expires_at and decided_by = 'person' and decided_person is distinct from proposed_by
      when 'denied' then decided_at is not null and decided_by = 'person' and decided_person is distinct from proposed_by
      when 'expired' then decided_at >= expires_at and decided_by = 'silence'
      else decided_at is not null and decided_by = 'person' and decided_person = proposed_by end) is true;
end $$;

alter table requests
  drop constraint whole,
  add constraint whole check (is_whole(kind, state, agent_id, key_id, session_id, tool_name, proposed_by, created_at, expires_at, decided_at,
    decided_by, decided_person, chain_id, level, tool_id, validity, use_by, uses_left));
drop function is_whole_request;

create index requests_changes on requests (tenant_id, id) where kind = 'change';

-- The latch: when two admins who can sign in first existed. Never reset (latch.sql).
alter table config_versions add column two_admins_at timestamptz;

do $$
declare v_tenant text;
begin
  for v_tenant in select id from tenants loop
    perform set_config('licet.tenant', v_tenant, true);
    update config_versions set two_admins_at = door_clock()
    where tenant_id = v_tenant and (select count(*) from people where tenant_id = v_tenant and status = 'active'
      and account_id is not null and 'admin' = any (roles)) >= 2;
  end loop;
  perform set_config('licet.tenant', '', true);
end $$;
