-- People decide. An array in, a row per item out; refusals are columns. Locks: gate (shared), then the requests sorted by
-- id; then the clock, so that a decision that waited past the deadline is late and one that did not is not.
drop function if exists decide(jsonb);
drop type if exists decide_item;
drop type if exists decide_answer;
create type decide_item as (request_id uuid, person_id uuid, session_hash bytea, content_version integer, digest bytea,
  verdict text, comment text, deny_reason text, validity text, confirm jsonb, use_within integer);
-- refusal: not_found, signed_out, expired, already_terminal, stale, requester, not_asked, step_up_required, confirm_mismatch
create type decide_answer as (ord bigint, refusal text, detail text, state text, request jsonb);

create function decide(p_items jsonb) returns setof decide_answer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  v_tenant text := current_tenant();
  v_items decide_item[];
  v_ids uuid[];
  v_now timestamptz;
  v_answers decide_answer[];
begin
  select array_agg(i), array_agg(i.request_id) into v_items, v_ids from jsonb_populate_recordset(null::decide_item, p_items) i;
  perform pg_advisory_xact_lock_shared(gate());
  perform from requests where tenant_id = v_tenant and id = any (v_ids) order by id for update;
  v_now := door_clock();
  if exists (select from requests where tenant_id = v_tenant and id = any (v_ids) and state = 'pending' and expires_at <= v_now) then
    perform expire_locked(v_ids, v_now);
  end if;

  -- Who may decide is asked once for all requests of the same chain, agent and key, and a session once: a group mostly
  -- has one of each.
  with able as materialized (
    select c.*, l.level, l.people
    from (select distinct r.chain_id, r.chain_version, r.agent_id, r.key_id from requests r
        where r.tenant_id = v_tenant and r.id = any (v_ids) and r.state = 'pending') c
      cross join lateral able_levels(c.chain_id, c.chain_version, c.agent_id, c.key_id) l
  ), sessions_held as materialized (
    select s.*, session_holds(s.session_hash, s.person_id, v_now) as holds
    from (select distinct i.session_hash, i.person_id from unnest(v_items) i) s
  ), judged as materialized (
    select i.*, r.state, s.id as step_up, wrong.pointers,
      case
        when r.id is null then 'not_found'
        when not held.holds then 'signed_out'
        when r.state = 'expired' then 'expired'
        when r.state <> 'pending' then 'already_terminal'
        when i.content_version <> r.content_version or i.digest <> r.action_digest then 'stale'
        when exists (select from agents a where a.tenant_id = v_tenant and a.id = r.agent_id and a.owner_id = i.person_id)
          or exists (select from agent_keys k where k.tenant_id = v_tenant and k.id = r.key_id and k.created_by = i.person_id) then 'requester'
        when not exists (select from able a where a.chain_id = r.chain_id and a.chain_version = r.chain_version
          and a.agent_id = r.agent_id and a.key_id = r.key_id and a.level <= r.level and i.person_id = any (a.people)) then 'not_asked'
        when i.verdict = 'approve' and r.risk = 'high' and wrong.pointers is not null then 'confirm_mismatch'
        when i.verdict = 'approve' and r.risk = 'high' and s.id is null then 'step_up_required'
      end as refusal
    from unnest(v_items) with ordinality as i
      left join lateral (select * from requests r where r.tenant_id = v_tenant and r.id = i.request_id limit 1) r on true
      join sessions_held held on held.session_hash = i.session_hash and held.person_id = i.person_id
      left join lateral (select string_agg(p, ' ') as pointers from unnest(r.decisive) p
        where not i.confirm ? p or (r.arguments #>> pointer_path(p)) is distinct from (i.confirm ->> p)) wrong on true
      left join lateral (select s.person_id as id from step_ups s where s.tenant_id = v_tenant and s.request_id = r.id
        and s.content_version = r.content_version and s.person_id = i.person_id and s.session_hash = i.session_hash
        and s.used_at is null and s.proved_at > v_now - interval '2 minutes') s on true
  ), ranked as (
    select j.*, row_number() over (partition by j.request_id, j.refusal is null order by j.ordinality) as turn from judged j
  ), decided as (
    update requests r
    set state = case j.verdict when 'approve' then 'approved' else 'denied' end, decided_at = v_now, decided_by = 'person',
      decided_person = j.person_id, outcome = 'person', comment = j.comment, deny_reason = j.deny_reason,
      revision = r.revision + 1, updated_at = v_now, level_due_at = null,
      decision_digest = decision_digest(r, j.verdict, j.person_id, j.comment, j.deny_reason, y.validity, y.use_within),
      validity = y.validity, granted_scope = y.scope, use_by = y.use_by, uses_left = y.uses
    from ranked j left join lateral (select coalesce(j.validity, 'once') as validity, j.use_within, 1 as uses,
        v_now + make_interval(secs => j.use_within) as use_by, o.scope from requests o
        where j.verdict = 'approve' and o.tenant_id = v_tenant and o.id = j.request_id) y on true
    where j.refusal is null and j.turn = 1 and r.tenant_id = v_tenant and r.id = j.request_id
    returning r.*, j.verdict, j.step_up
  ), voted as (
    insert into votes (tenant_id, request_id, content_version, person_id, verdict, digest, authenticated_by, cast_at)
    select v_tenant, d.id, d.content_version, d.decided_person, d.verdict, d.decision_digest,
      case when d.step_up is null then 'session' else 'password' end, v_now from decided d
  ), spent as (
    update step_ups s set used_at = v_now from decided d
    where s.tenant_id = v_tenant and s.request_id = d.id and s.content_version = d.content_version and s.person_id = d.step_up
  ), recorded as (
    insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, action_type, requested_scope,
      granted_scope, resource_id, result_status, session_id, request_id, revision, detail)
    select v_tenant, v_now, 'approval.' || d.state, 'person', d.decided_person, d.agent_id, d.tool_name, d.action_type, d.scope,
      d.granted_scope, d.resource, case d.state when 'approved' then 'success' else 'denied' end, d.session_id, d.id, d.revision,
      jsonb_strip_nulls(jsonb_build_object('risk', d.risk, 'level', d.level, 'comment', d.comment, 'deny_reason', d.deny_reason,
        'version', d.content_version, 'decision_digest', encode(d.decision_digest, 'hex'),
        'authenticated_by', case when d.step_up is null then 'session' else 'password' end))
    from decided d
    union all
    select v_tenant, v_now, 'approval.decision_refused', 'person', j.person_id, r.agent_id, r.tool_name, r.action_type, r.scope,
      null, r.resource, 'denied', r.session_id, r.id, null, jsonb_build_object('why', j.refusal, 'verdict', j.verdict)
    from ranked j join requests r on r.tenant_id = v_tenant and r.id = j.request_id
    where j.refusal in ('requester', 'not_asked', 'confirm_mismatch', 'step_up_required')
  )
  select array_agg(row(j.ordinality,
      coalesce(j.refusal, case when j.turn > 1 then 'already_terminal' end), j.pointers,
      coalesce(d.state, j.state), null)::decide_answer)
  into v_answers from ranked j left join decided d on d.id = j.request_id;

  select array_agg(v_items[a.ord].request_id) into v_ids from unnest(v_answers) a where a.refusal is null;
  if v_ids is not null then
    perform announce(v_ids, 'infinity');
  end if;
  return query select a.ord, a.refusal, a.detail, a.state, r.body
    from unnest(v_answers) a left join request_rows(v_ids) r on a.refusal is null and r.id = v_items[a.ord].request_id;
end $$;
grant execute on function decide(jsonb) to licet_app;
