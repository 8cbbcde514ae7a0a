-- SHA-256 over the RFC 8785 canonical form of what was decided: keys in order, strings escaped as JSON does, numbers
-- whole. Computed here, from the locked row, so that nobody has to be believed; lib/approvals/digest.ts is the same in
-- TypeScript (the approver's device will sign it), and a property test holds the two together.
-- use_within is in seconds: the moment of use-by is known only after the signature (docs/decisions/0003-digests.md).
create or replace function decision_digest(p_request requests, p_verdict text, p_decider uuid, p_comment text,
  p_deny_reason text, p_validity text, p_use_within integer)
returns bytea language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select sha256(convert_to('{"action":"' || encode(p_request.action_digest, 'hex') || '","chain":'
    || coalesce('{"id":"' || p_request.chain_id || '","version":' || p_request.chain_version || '}', 'null')
    || ',"comment":' || coalesce(to_json(p_comment)::text, 'null')
    || ',"constraints":null,"decider":"' || p_decider
    || '","deny_reason":' || coalesce(to_json(p_deny_reason)::text, 'null')
    || ',"domain":"licet.decision","facts":"' || encode(p_request.facts_digest, 'hex')
    || '","granted_scope":' || coalesce(case p_verdict when 'approve' then to_json(p_request.scope)::text end, 'null')
    || ',"mode":null,"policy":' || p_request.policy_version
    || ',"quorum":' || coalesce(replace(replace(p_request.quorum::text, ': ', ':'), ', ', ','), '1') || ',"request":"' || p_request.id
    || '","use_within":' || coalesce(p_use_within::text, 'null')
    || ',"v":1,"validity":' || coalesce(to_json(p_validity)::text, 'null')
    || ',"verdict":"' || p_verdict || '","version":' || p_request.content_version || '}', 'UTF8'))
$$;
