-- The net below the door: no statement, whoever wrote it, moves a request in a way the specification
-- (lib/approvals/transition.ts) does not know. Fires after the row lock is held, so its clock is later than any wait.
create or replace function guard_requests() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception 'requests are never deleted' using errcode = 'insufficient_privilege';
  end if;
  if old.state <> 'pending' then
    raise exception 'request % is %: terminal states absorb', old.id, old.state using errcode = 'check_violation';
  end if;
  -- That somebody is still able to decide was looked at again: no event, so nothing else changes (escalate_due).
  if new.revision = old.revision and to_jsonb(new) - '{able_config,level_due_at,asks}'::text[] = to_jsonb(old) - '{able_config,level_due_at,asks}'::text[] then
    return new;
  end if;
  if new.revision <> old.revision + 1 then
    raise exception 'request %: every event raises the revision by one', old.id using errcode = 'check_violation';
  end if;
  if new.state = 'approved' and door_clock() >= old.expires_at then
    -- The deadline passed between decide's look at the clock and this one. As a serialization failure, because the door
    -- then runs it again and finds it expired (tests/guarantees/race.test.ts meets this in most runs).
    raise exception 'request %: approved at or after its deadline', old.id using errcode = 'serialization_failure';
  end if;
  if (new.tenant_id, new.id, new.kind, new.proposed_by, new.agent_id, new.key_id, new.session_id, new.created_at)
     is distinct from (old.tenant_id, old.id, old.kind, old.proposed_by, old.agent_id, old.key_id, old.session_id, old.created_at) then
    raise exception 'request %: who asked, and when, never changes', old.id using errcode = 'check_violation';
  end if;
  if new.content_version = old.content_version and
     (new.tool_id, new.tool_version, new.tool_name, new.arguments, new.resource, new.scope, new.risk, new.action_digest, new.facts_digest)
     is distinct from
     (old.tool_id, old.tool_version, old.tool_name, old.arguments, old.resource, old.scope, old.risk, old.action_digest, old.facts_digest) then
    raise exception 'request %: what is asked changes only with its content_version', old.id using errcode = 'check_violation';
  end if;
  if new.content_version not in (old.content_version, old.content_version + 1) then
    raise exception 'request %: content_version rises by one', old.id using errcode = 'check_violation';
  end if;
  return new;
end $$;

create or replace trigger guard before update or delete on requests for each row execute function guard_requests();
create or replace trigger guard_truncate before truncate on requests for each statement execute function guard_requests();
