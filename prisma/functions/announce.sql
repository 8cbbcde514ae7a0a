-- Wakes whoever waits (agents, inboxes, the scheduler) and tells the scheduler when this tenant is next due.
-- Only for what waits on people: the allow path never notifies. Ids only; whoever is woken reads for itself.
-- p_fresh: they were just asked. Screens want to know; nobody can be waiting for one without having read it.
drop function if exists announce(uuid[], timestamptz);
create or replace function announce(p_ids uuid[], p_next_due timestamptz, p_fresh boolean default false) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare v_ids uuid[];
begin
  update due set next_due = p_next_due where tenant_id = current_tenant() and next_due > p_next_due;
  -- A notification holds 8000 bytes; 100 ids with their quotes and commas are under 4000.
  for v_from in 1 .. cardinality(p_ids) by 100 loop
    v_ids := p_ids[v_from : v_from + 99];
    perform pg_notify('licet', json_build_object('tenant', current_tenant(), 'ids', v_ids, 'fresh', p_fresh)::text);
  end loop;
end $$;
