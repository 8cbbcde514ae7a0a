-- People decide. An array in, a row per item out; refusals are columns. Locks: gate (shared), then the requests sorted by
-- id; then the clock, so that a decision that waited past the deadline is late and one that did not is not.
-- As in ask: judged one by one, which only reads, written together.
drop type if exists decide_item, decide_answer, decide_verdict cascade;
create type decide_item as (request_id uuid, person_id uuid, session_hash bytea, content_version integer, digest bytea,
  verdict text, comment text, deny_reason text, validity text, confirm jsonb, use_within integer);
-- refusal: not_found, is_change (a change of configuration: see p_changes), signed_out, expired, already_terminal, stale, requester, not_asked, step_up_required, confirm_mismatch, in_trial, already_voted
create type decide_answer as (ord bigint, refusal text, detail text, state text, request jsonb);
-- What was judged: the refusal, or what is to be written.
create type decide_verdict as (ord bigint, request_id uuid, content_version integer, person_id uuid, refusal text, detail text, state text,
  verdict text, comment text, deny_reason text, validity text, use_within integer, stepped_up boolean, enough boolean);

-- p_changes: they are changes of configuration, and whoever calls applies what is approved in this same transaction, under
-- the gate held exclusively from here on (lib/changes/decide.ts). Called without it, a change is refused.
create function decide(p_items jsonb, p_changes boolean default false) returns setof decide_answer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
  set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  v_tenant text := current_tenant();
  v_ids uuid[];
  v_now timestamptz;
  v_judged decide_verdict[];
  v_decided uuid[];
  v_denied uuid[];
  v_counted uuid[];
begin
  select array_agg(i.request_id) into v_ids from jsonb_to_recordset(p_items) as i (request_id uuid);
  if p_changes then
    perform pg_advisory_xact_lock(gate());
  else
    perform pg_advisory_xact_lock_shared(gate());
  end if;
  perform from requests where tenant_id = v_tenant and id = any (v_ids) order by id for update;
  v_now := door_clock();
  if exists (select from requests where tenant_id = v_tenant and id = any (v_ids) and state = 'pending' and expires_at <= v_now) then
    perform expire_locked(v_ids, v_now);
  end if;
  v_judged := decide_judge(p_items, v_now, p_changes);
  -- Votes that are not enough come first: one of this same call may have made the next enough.
  if exists (select from unnest(v_judged) j where j.refusal is null and not j.enough) then
    v_counted := count_votes(v_judged, v_now);
  end if;

  with decided as (
    update requests r
    set state = case j.verdict when 'approve' then 'approved' else 'denied' end, decided_at = v_now, decided_by = 'person',
      decided_person = j.person_id, outcome = 'person', comment = j.comment, deny_reason = j.deny_reason,
      revision = r.revision + 1, updated_at = v_now, level_due_at = null,
      decision_digest = decision_digest(r, j.verdict, j.person_id, j.comment, j.deny_reason, j.validity, j.use_within),
      validity = j.validity, granted_scope = case j.verdict when 'approve' then r.scope end,
      use_by = v_now + make_interval(secs => j.use_within), uses_left = case when j.verdict = 'approve' and not p_changes then 1 end
    from unnest(v_judged) j
    where j.refusal is null and j.enough and r.tenant_id = v_tenant and r.id = j.request_id
    returning r.id, r.state, r.content_version, r.revision, r.decided_person, r.decision_digest, r.agent_id, r.tool_name, r.action_type,
      r.scope, r.granted_scope, r.resource, r.session_id, r.risk, r.level, r.comment, r.deny_reason, j.verdict,
      case when j.stepped_up then 'password' else 'session' end as authenticated_by
  ), voted as (
    insert into votes (tenant_id, request_id, content_version, person_id, verdict, digest, authenticated_by, cast_at)
    select v_tenant, d.id, d.content_version, d.decided_person, d.verdict, d.decision_digest, d.authenticated_by, v_now from decided d
  ), recorded as (
    insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, action_type, requested_scope,
      granted_scope, resource_id, result_status, session_id, request_id, revision, detail)
    select v_tenant, v_now, 'approval.' || d.state, 'person', d.decided_person, d.agent_id, d.tool_name, d.action_type, d.scope,
      d.granted_scope, d.resource, case d.state when 'approved' then 'success' else 'denied' end, d.session_id, d.id, d.revision,
      jsonb_strip_nulls(jsonb_build_object('risk', d.risk, 'level', d.level, 'comment', d.comment, 'deny_reason', d.deny_reason,
        'version', d.content_version, 'decision_digest', encode(d.decision_digest, 'hex'), 'authenticated_by', d.authenticated_by))
    from decided d
  )
  select array_agg(id), array_agg(id) filter (where state = 'denied') into v_decided, v_denied from decided;

  if exists (select from unnest(v_judged) j where j.refusal is not null) then
    perform decide_refused(v_judged, v_now);
  end if;
  if v_decided is not null or v_counted is not null then
    update step_ups s set used_at = v_now from unnest(v_judged) j
    where j.refusal is null and j.stepped_up and s.tenant_id = v_tenant and s.request_id = j.request_id
      and s.content_version = j.content_version and s.person_id = j.person_id;
    if v_denied is not null then
      perform came_to_nothing(v_denied, 'denied', v_now);
    end if;
    perform announce(v_decided || v_counted, 'infinity');
  end if;
  return query select j.ord, j.refusal, j.detail, coalesce(r.body ->> 'state', j.state), r.body
    from unnest(v_judged) j left join request_rows(v_decided || v_counted) r on j.refusal is null and r.id = j.request_id;
end $$;
grant execute on function decide(jsonb, boolean) to licet_app;
