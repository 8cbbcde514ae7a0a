-- Do these people together satisfy a quorum? A number counts humans (accounts); groups are the two roles that decide, and
-- nobody counts for both: so many of each, and as many humans as all of them together. null: one is enough.
create or replace function quorum_met(p_quorum jsonb, p_people uuid[]) returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case
    when p_quorum is null then cardinality(p_people) >= 1
    when jsonb_typeof(p_quorum) = 'number' then
      (select count(distinct p.account_id) from people p where p.tenant_id = current_tenant() and p.id = any (p_people)) >= p_quorum::integer
    else
      not exists (select from jsonb_each_text(p_quorum) g where g.value::integer > (
        select count(distinct p.account_id) from people p
        where p.tenant_id = current_tenant() and p.id = any (p_people) and g.key = any (p.roles)))
      and (select sum(g.value::integer) from jsonb_each_text(p_quorum) g) <= (
        select count(distinct p.account_id) from people p
        where p.tenant_id = current_tenant() and p.id = any (p_people) and p.roles && (select array_agg(k) from jsonb_object_keys(p_quorum) k))
    end is true
$$;

-- Could everybody a chain may ask satisfy it?
create or replace function quorum_reachable(p_quorum jsonb, p_chain uuid, p_version integer, p_agent uuid, p_key text) returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select quorum_met(p_quorum, array(select distinct person from able_levels(p_chain, p_version, p_agent, p_key) l, unnest(l.people) person))
$$;

-- Approvals that are not enough yet: each is a vote, the request stays pending, and whoever watches it is told.
create or replace function count_votes(p_judged decide_verdict[], p_now timestamptz) returns uuid[]
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  v_ids uuid[];
begin
  insert into votes (tenant_id, request_id, content_version, person_id, verdict, digest, authenticated_by, cast_at)
  select v_tenant, r.id, r.content_version, j.person_id, j.verdict,
    decision_digest(r, j.verdict, j.person_id, j.comment, null, j.validity, j.use_within),
    case when j.stepped_up then 'password' else 'session' end, p_now
  from unnest(p_judged) j join requests r on r.tenant_id = v_tenant and r.id = j.request_id
  where j.refusal is null and not j.enough;
  with counted as (
    update requests r set revision = r.revision + c.votes, updated_at = p_now
    from (select j.request_id, count(*) as votes from unnest(p_judged) j where j.refusal is null and not j.enough group by 1) c
    where r.tenant_id = v_tenant and r.id = c.request_id
    returning r.*
  ), recorded as (
    insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, action_type, requested_scope,
      resource_id, result_status, session_id, request_id, revision, detail)
    select v_tenant, p_now, 'approval.voted', 'person', j.person_id, c.agent_id, c.tool_name, c.action_type, c.scope, c.resource,
      'success', c.session_id, c.id, c.revision - count(*) over (partition by c.id) + row_number() over (partition by c.id order by j.ord),
      jsonb_strip_nulls(jsonb_build_object('verdict', j.verdict, 'quorum', c.quorum, 'comment', j.comment, 'version', c.content_version,
        'authenticated_by', case when j.stepped_up then 'password' else 'session' end))
    from counted c join unnest(p_judged) j on j.request_id = c.id and j.refusal is null and not j.enough
  )
  select array_agg(id) into v_ids from counted;
  return v_ids;
end $$;
