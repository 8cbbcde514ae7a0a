-- What becomes of each decision, before anything is written: a refusal, or what to write. Reads only, under the locks that
-- decide holds; session and levels are looked up again only when they are not those of the item before.
create function decide_judge(p_items jsonb, p_now timestamptz, p_changes boolean) returns decide_verdict[]
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant text := current_tenant();
  i record;
  r record;
  v_session bytea;
  v_person uuid;
  v_holds boolean;
  v_way record;
  v_asked smallint;
  v_owner uuid;
  v_stage text;
  v_maker uuid;
  v_wrong text;
  v_stepped_up boolean;
  v_refusal text;
  v_able uuid[];
  v_enough boolean;
  v_judged decide_verdict[] := '{}';
begin
  select null::uuid as chain_id, null::integer as chain_version, null::uuid as agent_id, null::text as key_id into v_way;
  for i in select * from jsonb_populate_recordset(null::decide_item, p_items) with ordinality loop
    if i.session_hash is distinct from v_session or i.person_id is distinct from v_person then
      v_session := i.session_hash; v_person := i.person_id; v_way.agent_id := null;
      v_holds := session_holds(v_session, v_person, p_now);
    end if;
    select q.id, q.state, q.content_version, q.action_digest, q.risk, q.level, q.decisive, q.arguments, q.agent_id, q.key_id, q.chain_id,
      q.chain_version, q.kind, q.proposed_by, q.action_type, q.quorum into r from requests q where q.tenant_id = v_tenant and q.id = i.request_id;
    v_wrong := null; v_stepped_up := false; v_enough := true;
    if r.id is null then
      v_refusal := 'not_found';
    elsif (r.kind = 'change') <> p_changes then
      v_refusal := case when p_changes then 'not_found' else 'is_change' end;
    elsif not v_holds then
      v_refusal := 'signed_out';
    elsif r.state = 'expired' then
      v_refusal := 'expired';
    elsif r.state <> 'pending' then
      v_refusal := 'already_terminal';
    elsif i.content_version <> r.content_version or i.digest <> r.action_digest then
      v_refusal := 'stale';
    elsif p_changes then
      v_refusal := change_refusal(r.proposed_by, i.person_id);
    else
      if (r.chain_id, r.chain_version, r.agent_id, r.key_id) is distinct from (v_way.chain_id, v_way.chain_version, v_way.agent_id, v_way.key_id) then
        v_way.chain_id := r.chain_id; v_way.chain_version := r.chain_version; v_way.agent_id := r.agent_id; v_way.key_id := r.key_id;
        select a.owner_id, a.stage into v_owner, v_stage from agents a where a.tenant_id = v_tenant and a.id = r.agent_id;
        select k.created_by into v_maker from agent_keys k where k.tenant_id = v_tenant and k.id = r.key_id;
        -- The lowest level at which this person is able to decide.
        select min(l.level) into v_asked from able_levels(r.chain_id, r.chain_version, r.agent_id, r.key_id) l where i.person_id = any (l.people);
      end if;
      if i.person_id = v_owner or i.person_id = v_maker then
        v_refusal := 'requester';
      elsif v_asked is null or v_asked > r.level then
        v_refusal := 'not_asked';
      elsif i.verdict = 'approve' and v_stage = 'trial' and r.action_type is distinct from 'read' then
        v_refusal := 'in_trial';
      else
        v_refusal := null;
        if i.verdict = 'approve' and r.risk = 'high' then
          select string_agg(p, ' ') into v_wrong from unnest(r.decisive) p
          where not i.confirm ? p or (r.arguments #>> pointer_path(p)) is distinct from (i.confirm ->> p);
          v_stepped_up := exists (select from step_ups s where s.tenant_id = v_tenant and s.request_id = r.id
            and s.content_version = r.content_version and s.person_id = i.person_id and s.session_hash = i.session_hash
            and s.used_at is null and s.proved_at > p_now - interval '2 minutes');
          v_refusal := case when v_wrong is not null then 'confirm_mismatch' when not v_stepped_up then 'step_up_required' end;
        end if;
      end if;
    end if;
    if v_refusal is null and exists (select from unnest(v_judged) j where j.request_id = i.request_id and j.refusal is null and j.enough) then
      -- Another decision of this very call was first.
      v_refusal := 'already_terminal';
      select case j.verdict when 'approve' then 'approved' else 'denied' end into r.state
      from unnest(v_judged) j where j.request_id = i.request_id and j.refusal is null and j.enough;
    end if;
    if v_refusal is null and r.quorum is not null then
      if exists (select from votes v where v.tenant_id = v_tenant and v.request_id = r.id and v.content_version = r.content_version and v.person_id = i.person_id)
        or exists (select from unnest(v_judged) j where j.request_id = r.id and j.refusal is null and j.person_id = i.person_id) then
        v_refusal := 'already_voted';
      elsif i.verdict = 'approve' then
        -- Who voted and may not decide any more does not count.
        v_able := array(select person from able_levels(r.chain_id, r.chain_version, r.agent_id, r.key_id) l, unnest(l.people) person where l.level <= r.level);
        v_enough := quorum_met(r.quorum, i.person_id || array(
          select v.person_id from votes v where v.tenant_id = v_tenant and v.request_id = r.id and v.content_version = r.content_version
            and v.verdict = 'approve' and v.person_id = any (v_able)
          union select j.person_id from unnest(v_judged) j where j.request_id = r.id and j.refusal is null));
      end if;
    end if;
    v_judged := v_judged || row(i.ordinality, i.request_id, i.content_version, i.person_id, v_refusal, v_wrong, r.state, i.verdict, i.comment,
      i.deny_reason, case when i.verdict = 'approve' and not p_changes then coalesce(i.validity, 'once') end,
      case when i.verdict = 'approve' and not p_changes then i.use_within end, v_stepped_up, v_enough)::decide_verdict;
  end loop;
  return v_judged;
end $$;

-- Refused for who asked or how: recorded, because somebody may be trying.
create function decide_refused(p_judged decide_verdict[], p_now timestamptz) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into audit_records (tenant_id, at, event, actor_kind, actor_id, agent_id, tool_name, action_type, requested_scope,
    resource_id, result_status, session_id, request_id, detail)
  select r.tenant_id, p_now, 'approval.decision_refused', 'person', j.person_id, r.agent_id, r.tool_name, r.action_type, r.scope,
    r.resource, 'denied', r.session_id, r.id, jsonb_build_object('why', j.refusal, 'verdict', j.verdict)
  from unnest(p_judged) j join requests r on r.tenant_id = current_tenant() and r.id = j.request_id
  where j.refusal in ('requester', 'not_asked', 'confirm_mismatch', 'step_up_required');
end $$;
