-- The nets below the door, as one function: a CHECK's expression is parsed, planned and prepared anew by each statement that
-- writes the table; a function's plan stays with the connection.
create function is_whole_request(state text, created_at timestamptz, expires_at timestamptz, decided_at timestamptz, decided_by text,
  decided_person uuid, chain_id uuid, level smallint, tool_id uuid, validity text, use_by timestamptz, uses_left integer) returns boolean
language plpgsql immutable as $$
begin
  return expires_at between created_at + interval '10 seconds' and created_at + interval '30 days'
    and (decided_by is not distinct from 'person') = (decided_person is not null)
    and (case state
      when 'pending' then decided_at is null and decided_by is null and chain_id is not null and level is not null and use_by is null
      when 'approved' then decided_at < expires_at and decided_by in ('policy', 'person') and tool_id is not null
        and use_by is not null and uses_left is not null and validity is not null
      when 'expired' then decided_at >= expires_at and decided_by = 'silence' and use_by is null
      when 'cancelled' then decided_at is not null and decided_by = 'agent' and use_by is null
      else decided_at is not null and decided_by in ('policy', 'person') and use_by is null end) is true;
end $$;

alter table requests
  drop constraint deadline,
  drop constraint life,
  drop constraint person_decides,
  add constraint whole check (is_whole_request(state, created_at, expires_at, decided_at, decided_by, decided_person, chain_id, level,
    tool_id, validity, use_by, uses_left));
