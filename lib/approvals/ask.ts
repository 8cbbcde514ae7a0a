import type { ArgumentProblem, Arguments } from "@/lib/catalog/arguments";
import { decisivePointers, deriveResource, notInspectable } from "@/lib/catalog/derive";
import { forgetKey, type AgentIdentity } from "@/lib/credentials/agent-keys";
import { evaluate } from "@/lib/policy/evaluate";
import { UNKNOWN } from "@/lib/policy/score";
import { canonicalDigest } from "@/lib/platform/canonical";
import type { Json } from "@/lib/platform/strict-json";
import { configuration, type Configuration, type ConfiguredTool } from "./configuration";
import { actionDigest, factsDigest } from "./digest";
import { agentDisabled, busy, idempotencyConflict, invalidRequest, keyRevoked } from "./problems";
import type { RequestRow } from "./row";
import type { AskInput } from "./schema";
import { asks, expireNow, readRequest, type AskAnswer, type AskItem } from "./store";

/** An approval may be used for ten minutes. */
export const USE_WITHIN_SECONDS = 600;

const MOST_TRIES = 5;

/**
 * An agent asks. Evaluated here, then judged again and written by the SQL function `ask`, together with whoever asks at
 * the same moment: one transaction with the audit record and what is to be told.
 * @param idempotencyKey  the same key with the same body is the same request, in its current state
 * @returns the request, new or found
 * @throws invalidRequest (422 with pointers), idempotencyConflict, keyRevoked, agentDisabled, busy
 */
export async function ask(agent: AgentIdentity, input: AskInput, idempotencyKey: string | null): Promise<{ row: RequestRow; fresh: boolean }> {
  const bodyDigest = canonicalDigest(input as unknown as Json).toString("hex");
  let stale: number | undefined;
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const config = await configuration(agent.tenant, stale);
    const item = evaluateCall(config, agent, input, idempotencyKey, bodyDigest);
    const answer = await asks.submit(agent.tenant, item);
    switch (answer.refusal) {
      case null:
        return answer.fresh ? { row: assemble(config, agent, item, answer), fresh: true } : { row: await found(agent, answer.id), fresh: false };
      case "stale_config":
        stale = config.version;
        break;
      case "overdue_twin":
        await expireNow(agent.tenant, [answer.id]);
        break;
      case "again":
        break;
      case "idempotency_conflict":
        throw idempotencyConflict();
      case "agent_disabled":
        throw agentDisabled();
      case "key_revoked":
        forgetKey(agent.keyId);
        throw keyRevoked();
    }
  }
  throw busy({ retry_after: 1 });
}

async function found(agent: AgentIdentity, id: string): Promise<RequestRow> {
  const row = await readRequest(agent.tenant, id);
  if (!row) throw new Error(`The request ${id} was found and is gone.`);
  return row;
}

/** Everything about a call that can be known without the database's locks. Pure. */
function evaluateCall(config: Configuration, agent: AgentIdentity, input: AskInput, idempotencyKey: string | null, bodyDigest: string): AskItem {
  const known = config.agents.get(agent.agentId);
  const tool = config.tools.get(input.tool);
  const common = {
    agent_id: agent.agentId,
    key_id: agent.keyId,
    session_id: input.session_id,
    idempotency_key: idempotencyKey,
    body_digest: `\\x${bodyDigest}`,
    tool_name: input.tool,
    reason: input.reason,
    trace_url: input.trace_url ?? null,
    held: known?.held ?? [],
    policy_version: config.policy.version,
    config_version: config.version,
    use_within: USE_WITHIN_SECONDS,
  };
  const given = input.arguments as Arguments;
  const pinned = tool && { tool_id: tool.id, tool_version: tool.version, action_type: tool.action, scope: tool.scope };
  const unpinned = { tool_id: null, tool_version: null, action_type: null, scope: null };
  if (!tool || !known?.tools.has(tool.id)) {
    const outcome = tool ? "not_granted" : "unknown_tool";
    const scored = { ...UNKNOWN.axes, risk: UNKNOWN.risk, reasons: [outcome], rule: null, timeout: config.policy.timeout[UNKNOWN.risk] };
    const denied = { effect: "deny" as const, outcome, chain_id: null, chain_version: null };
    const call = { arguments: given, resource: null, not_inspectable: [], decisive: [] };
    return seal(agent, tool ?? null, { ...common, ...(pinned ?? unpinned), ...scored, ...denied, ...call });
  }
  const call = derive(tool, given, input);
  const verdict = evaluate(config.policy, { agent: known.name, tool, notInspectable: call.not_inspectable });
  const chain = config.chains.get(verdict.chain);
  const noChain = verdict.effect === "ask" && !chain;
  return seal(agent, tool, {
    ...common,
    ...(pinned ?? unpinned),
    ...call,
    ...verdict.axes,
    risk: verdict.risk,
    rule: verdict.rule,
    reasons: verdict.reasons,
    timeout: verdict.timeout,
    effect: noChain ? "deny" : verdict.effect,
    outcome: noChain ? "no_chain" : verdict.effect === "deny" ? "policy" : null,
    chain_id: verdict.effect === "ask" ? (chain?.id ?? null) : null,
    chain_version: verdict.effect === "ask" ? (chain?.version ?? null) : null,
  });
}

/** Resource and scope come from the arguments by the catalog; what the agent claims must be the same. */
function derive(tool: ConfiguredTool, given: Arguments, input: AskInput) {
  const checked = tool.check(given);
  if (isProblems(checked)) throw refuse(checked);
  const resource = deriveResource(tool, checked);
  if (isProblems(resource)) throw refuse(resource);
  const errors: ArgumentProblem[] = [];
  if (input.resource !== undefined && input.resource !== resource) {
    errors.push({ pointer: "/resource", detail: `is not what the catalog derives: ${resource ?? "this tool has none"}` });
  }
  if (input.scope !== undefined && input.scope !== tool.scope) {
    errors.push({ pointer: "/scope", detail: `is not what the catalog says: ${tool.scope}` });
  }
  if (errors.length) throw refuse(errors);
  return {
    arguments: checked,
    resource,
    not_inspectable: notInspectable(checked),
    decisive: decisivePointers(tool, checked),
  };
}

const isProblems = (value: unknown): value is ArgumentProblem[] => Array.isArray(value);

const refuse = (errors: ArgumentProblem[]) => invalidRequest({ detail: errors.map((e) => `${e.pointer} ${e.detail}`).join("; "), errors });

/** Adds the digests of what was asked and of what the card will show. */
function seal(agent: AgentIdentity, tool: ConfiguredTool | null, item: Omit<AskItem, "action_digest" | "facts_digest">): AskItem {
  const action = actionDigest({
    tenant: agent.tenant,
    agent: agent.agentId,
    tool: item.tool_name,
    definition: tool?.definitionHash ?? null,
    arguments: item.arguments,
    resource: item.resource,
    scope: item.scope,
  });
  const { risk, irreversibility, blast_radius, privilege, not_inspectable, rule, reasons, held } = item;
  const facts = factsDigest({
    risk,
    irreversibility,
    blast_radius,
    privilege,
    not_inspectable,
    rule,
    reasons,
    held,
    policy: item.policy_version,
    tool: tool && { title: tool.title, action: tool.action, impact: tool.impact, reversibility: tool.reversibility },
  });
  return { ...item, action_digest: `\\x${action.toString("hex")}`, facts_digest: `\\x${facts.toString("hex")}` };
}

/** The row just written, put together from what was sent and what came back: saves reading it again. */
function assemble(config: Configuration, agent: AgentIdentity, item: AskItem, answer: AskAnswer): RequestRow {
  const { effect: _effect, timeout: _timeout, use_within: _within, idempotency_key: _key, body_digest: _body, ...asked } = item;
  const at = answer.created_at.toISOString();
  const pending = answer.state === "pending";
  const approved = answer.state === "approved";
  return {
    ...(asked as unknown as Pick<RequestRow, keyof typeof asked & keyof RequestRow>),
    tenant_id: agent.tenant,
    id: answer.id,
    state: answer.state,
    content_version: 1,
    revision: 1,
    agent_name: config.agents.get(agent.agentId)?.name ?? "",
    owner_id: "",
    level: answer.level,
    levels: pending ? levelsOf(config, item.chain_id) : null,
    asks: answer.asks,
    level_asked_at: pending ? at : null,
    level_due_at: answer.level_due_at?.toISOString() ?? null,
    created_at: at,
    updated_at: at,
    expires_at: answer.expires_at.toISOString(),
    decided_at: pending ? null : at,
    decided_by: pending ? null : "policy",
    decided_person: null,
    decided_by_name: null,
    outcome: answer.outcome,
    comment: null,
    deny_reason: null,
    validity: approved ? "once" : null,
    granted_scope: approved ? item.scope : null,
    use_by: answer.use_by?.toISOString() ?? null,
    uses_left: approved ? 1 : null,
    retry_at: answer.retry_at?.toISOString() ?? null,
    now: at,
  };
}

const levelsOf = (config: Configuration, chain: string | null) => [...config.chains.values()].find(({ id }) => id === chain)?.levels ?? null;
