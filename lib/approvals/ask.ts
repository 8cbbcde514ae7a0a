import type { ArgumentProblem, Arguments } from "@/lib/catalog/arguments";
import { decisivePointers, deriveResource, notInspectable } from "@/lib/catalog/derive";
import { forgetKey, type AgentIdentity } from "@/lib/credentials/agent-keys";
import type { Risk } from "@/lib/catalog/terms";
import { evaluate } from "@/lib/policy/evaluate";
import { UNKNOWN, type Axes } from "@/lib/policy/score";
import { canonicalDigest } from "@/lib/platform/canonical";
import { configuration, type Configuration, type ConfiguredTool } from "./configuration";
import { actionDigest, factsDigest } from "./digest";
import { agentDisabled, busy, idempotencyConflict, invalidRequest, keyRevoked } from "./problems";
import type { RequestRow } from "./row";
import type { AskInput } from "./schema";
import { asks, expireNow, readRequest, type AskAnswer, type AskItem } from "./store";
import { USE_WITHIN_SECONDS } from "./terms";

const MOST_TRIES = 5;

/**
 * An agent asks. Evaluated here, then judged again and written by the SQL function `ask`, together with whoever asks at
 * the same moment: one transaction with the audit record and what is to be told.
 * @param idempotencyKey  the same key with the same body is the same request, in its current state
 * @returns the request, new or found
 * @throws invalidRequest (422 with pointers), idempotencyConflict, keyRevoked, agentDisabled, busy
 */
export async function ask(
  agent: AgentIdentity,
  input: AskInput,
  idempotencyKey: string | null,
): Promise<{ row: RequestRow; fresh: boolean }> {
  let stale: number | undefined;
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const config = await configuration(agent.tenant, stale);
    const item = toItem(config, agent, input, idempotencyKey, judge(config, agent, input));
    const answer = await asks.submit(agent.tenant, item);
    switch (answer.refusal) {
      case null:
        return answer.fresh
          ? { row: assemble(config, agent, item, answer), fresh: true }
          : { row: await found(agent, answer.id), fresh: false };
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

/** What a call comes to before the database has looked: facts of the catalog, policy's verdict, the chain to ask. */
interface Judgement {
  tool: ConfiguredTool | null;
  arguments: Arguments;
  resource: string | null;
  notInspectable: string[];
  decisive: string[];
  risk: Risk;
  axes: Axes;
  rule: string | null;
  reasons: string[];
  timeout: number;
  effect: AskItem["effect"];
  outcome: string | null;
  chain: { id: string; version: number } | null;
}

/** Everything about a call that can be known without the database's locks. Pure. */
function judge(config: Configuration, agent: AgentIdentity, input: AskInput): Judgement {
  const known = config.agents.get(agent.agentId);
  const tool = config.tools.get(input.tool) ?? null;
  const given = input.arguments as Arguments;
  if (!tool || !known?.tools.has(tool.id)) {
    const outcome = tool ? "not_granted" : "unknown_tool";
    return {
      tool,
      arguments: given,
      resource: null,
      notInspectable: [],
      decisive: [],
      risk: UNKNOWN.risk,
      axes: UNKNOWN.axes,
      rule: null,
      reasons: [outcome],
      timeout: config.policy.timeout[UNKNOWN.risk],
      effect: "deny",
      outcome,
      chain: null,
    };
  }
  const call = derive(tool, given, input);
  const verdict = evaluate(config.policy, { agent: known.name, tool, notInspectable: call.notInspectable });
  const chain = verdict.effect === "ask" ? (config.chains.get(verdict.chain) ?? null) : null;
  const noChain = verdict.effect === "ask" && chain === null;
  return {
    tool,
    arguments: call.arguments,
    resource: call.resource,
    notInspectable: call.notInspectable,
    decisive: call.decisive,
    risk: verdict.risk,
    axes: verdict.axes,
    rule: verdict.rule,
    reasons: verdict.reasons,
    timeout: verdict.timeout,
    effect: noChain ? "deny" : verdict.effect,
    outcome: noChain ? "no_chain" : verdict.effect === "deny" ? "policy" : null,
    chain,
  };
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
  return { arguments: checked, resource, notInspectable: notInspectable(checked), decisive: decisivePointers(tool, checked) };
}

const isProblems = (value: unknown): value is ArgumentProblem[] => Array.isArray(value);

const refuse = (errors: ArgumentProblem[]) => invalidRequest({ detail: errors.map((e) => `${e.pointer} ${e.detail}`).join("; "), errors });

/** The item for `ask`, digests included. Written out member by member: spread objects cost a tenth of a call (bench/). */
function toItem(config: Configuration, agent: AgentIdentity, input: AskInput, idempotencyKey: string | null, call: Judgement): AskItem {
  const { tool } = call;
  const held = config.agents.get(agent.agentId)?.held ?? [];
  const action = actionDigest({
    tenant: agent.tenant,
    agent: agent.agentId,
    tool: input.tool,
    definition: tool?.definitionHash ?? null,
    arguments: call.arguments,
    resource: call.resource,
    scope: tool?.scope ?? null,
  });
  return {
    agent_id: agent.agentId,
    key_id: agent.keyId,
    session_id: input.session_id,
    // What is undefined is left out of the JSON and null in the database.
    idempotency_key: idempotencyKey ?? undefined,
    body_digest: idempotencyKey === null ? undefined : bytes(canonicalDigest(input)),
    tool_id: tool?.id,
    tool_version: tool?.version,
    tool_name: input.tool,
    action_type: tool?.action,
    arguments: call.arguments,
    reason: input.reason,
    trace_url: input.trace_url,
    resource: call.resource ?? undefined,
    scope: tool?.scope,
    held,
    risk: call.risk,
    irreversibility: call.axes.irreversibility,
    blast_radius: call.axes.blast_radius,
    privilege: call.axes.privilege,
    not_inspectable: call.notInspectable,
    decisive: call.decisive,
    rule: call.rule ?? undefined,
    reasons: call.reasons,
    policy_version: config.policy.version,
    config_version: config.version,
    action_digest: bytes(action),
    facts_digest: factsOf(config, call, held),
    effect: call.effect,
    outcome: call.outcome ?? undefined,
    chain_id: call.chain?.id,
    chain_version: call.chain?.version,
    timeout: call.timeout,
    use_within: USE_WITHIN_SECONDS,
  };
}

/** As PostgreSQL reads `bytea`. */
const bytes = (digest: Buffer) => `\\x${digest.toString("hex")}`;

/** The digest of what the card will show. Most calls of a tool show the same: remembered with the configuration. */
function factsOf(config: Configuration, { tool, ...call }: Judgement, held: string[]): string {
  const key = `${tool?.definitionHash} ${call.risk} ${call.rule} ${call.reasons.join()} ${call.notInspectable.join()} ${held.join()}`;
  const known = config.facts.get(key);
  if (known !== undefined) return known;
  const digest = bytes(
    factsDigest({
      risk: call.risk,
      ...call.axes,
      not_inspectable: call.notInspectable,
      rule: call.rule,
      reasons: call.reasons,
      held,
      policy: config.policy.version,
      tool: tool && { title: tool.title, action: tool.action, impact: tool.impact, reversibility: tool.reversibility },
    }),
  );
  if (config.facts.size >= MOST_FACTS) config.facts.clear();
  config.facts.set(key, digest);
  return digest;
}
const MOST_FACTS = 10_000;

/** The row just written, put together from what was sent and what came back: saves reading it again. */
function assemble(config: Configuration, agent: AgentIdentity, item: AskItem, answer: AskAnswer): RequestRow {
  const pending = answer.state === "pending";
  const approved = answer.state === "approved";
  const at = answer.created_at;
  return {
    tenant_id: agent.tenant,
    id: answer.id,
    state: answer.state,
    content_version: 1,
    revision: 1,
    agent_id: agent.agentId,
    agent_name: config.agents.get(agent.agentId)?.name ?? "",
    owner_id: "",
    key_id: agent.keyId,
    session_id: item.session_id,
    tool_id: item.tool_id ?? null,
    tool_version: item.tool_version ?? null,
    tool_name: item.tool_name,
    action_type: item.action_type ?? null,
    arguments: item.arguments,
    reason: item.reason,
    trace_url: item.trace_url ?? null,
    resource: item.resource ?? null,
    scope: item.scope ?? null,
    held: item.held,
    risk: item.risk,
    irreversibility: item.irreversibility,
    blast_radius: item.blast_radius,
    privilege: item.privilege,
    not_inspectable: item.not_inspectable,
    decisive: item.decisive,
    rule: item.rule ?? null,
    reasons: item.reasons,
    policy_version: item.policy_version,
    action_digest: item.action_digest,
    facts_digest: item.facts_digest,
    chain_id: pending ? (item.chain_id ?? null) : null,
    chain_version: pending ? (item.chain_version ?? null) : null,
    level: answer.level,
    levels: pending ? levelsOf(config, item.chain_id) : null,
    asks: answer.asks,
    level_asked_at: pending ? at : null,
    level_due_at: answer.level_due_at,
    created_at: at,
    updated_at: at,
    expires_at: answer.expires_at,
    decided_at: pending ? null : at,
    decided_by: pending ? null : "policy",
    decided_person: null,
    decided_by_name: null,
    outcome: answer.outcome,
    comment: null,
    deny_reason: null,
    validity: approved ? "once" : null,
    granted_scope: approved ? (item.scope ?? null) : null,
    use_by: answer.use_by,
    uses_left: approved ? 1 : null,
    retry_at: answer.retry_at,
    now: at,
  };
}

const levelsOf = (config: Configuration, chain: string | undefined) =>
  [...config.chains.values()].find(({ id }) => id === chain)?.levels ?? null;
