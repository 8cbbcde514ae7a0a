import { forgetKey, type AgentIdentity } from "@/lib/credentials/agent-keys";
import { canonicalDigest } from "@/lib/platform/canonical";
import { resolvePointer } from "@/lib/platform/json-pointer";
import { configuration, databaseNow, type Configuration } from "./configuration";
import { actionDigest, factsDigest } from "./digest";
import { judge, type Judgement, type Said } from "./judge";
import { agentDisabled, busy, idempotencyConflict, keyRevoked, rateLimited } from "./problems";
import type { RequestRow } from "./row";
import type { AskInput } from "./schema";
import { asks, expireNow, readRequest, type AskAnswer, type AskItem, type SaidItem } from "./store";
import { MOST_PENDING, USE_WITHIN_SECONDS } from "./terms";
import { usesOf } from "./uses";

const MOST_TRIES = 5;

/**
 * An agent asks. Evaluated here, then judged again and written by the SQL function `ask`, together with whoever asks at
 * the same moment: one transaction with the audit record and what is to be told.
 * @param idempotencyKey  the same key with the same body is the same request, in its current state
 * @returns the request, new or found
 * @throws invalidRequest (422 with pointers), idempotencyConflict, rateLimited (429), keyRevoked, agentDisabled, busy
 */
export async function ask(
  agent: AgentIdentity,
  input: AskInput,
  idempotencyKey: string | null,
): Promise<{ row: RequestRow; fresh: boolean }> {
  let stale: number | undefined;
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const config = await configuration(agent.tenant, stale);
    const item = toItem(config, agent, input, idempotencyKey, judge(config, agent.agentId, input, databaseNow(config)));
    const answer = await asks.submit(agent.tenant, item);
    switch (answer.refusal) {
      case null:
        if (item.explained) config.explained.add(item.explanation);
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
      case "rate_limited":
        throw rateLimited({
          limit: answer.detail,
          ...(answer.retry_at ? { retry_after: secondsBetween(answer.created_at, answer.retry_at) } : {}),
        });
      case "agent_disabled":
        throw agentDisabled();
      case "key_revoked":
        forgetKey(agent.keyId);
        throw keyRevoked();
    }
  }
  throw busy({ retry_after: 1 });
}

const secondsBetween = (from: string, to: string) => Math.max(1, Math.ceil((Date.parse(to) - Date.parse(from)) / 1000));

async function found(agent: AgentIdentity, id: string): Promise<RequestRow> {
  const row = await readRequest(agent.tenant, id);
  if (!row) throw new Error(`The request ${id} was found and is gone.`);
  return row;
}

/** The item for `ask`, digests included. Written out member by member: spread objects cost a tenth of a call (bench/). */
function toItem(config: Configuration, agent: AgentIdentity, input: AskInput, idempotencyKey: string | null, call: Judgement): AskItem {
  const { tool } = call;
  const explanation = explanationOf(config, call);
  const remembered = config.policy.memory !== 0;
  const { held } = call;
  const digest = actionDigest({
    tenant: agent.tenant,
    agent: agent.agentId,
    tool: input.tool,
    definition: tool?.definitionHash ?? null,
    arguments: call.arguments,
    resource: call.resource,
    scope: call.scope,
  });
  const action = bytes(digest);
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
    scope: call.scope ?? undefined,
    held,
    risk: call.risk,
    irreversibility: call.axes.irreversibility,
    blast_radius: call.axes.blast_radius,
    privilege: call.axes.privilege,
    not_inspectable: call.notInspectable,
    decisive: call.decisive,
    policy_version: config.policy.version,
    config_version: config.version,
    action_digest: action,
    explanation,
    explained: config.explained.has(explanation) ? undefined : { tried: call.explanation, errors: call.errors },
    memory_key: remembered ? bytes(memoryKey(input.tool, call)) : undefined,
    memory_for: remembered ? config.policy.memory : undefined,
    ...saidItem(config, call, call, held, explanation),
    use_within: USE_WITHIN_SECONDS,
    most_pending: config.policy.limits?.pending ?? MOST_PENDING,
    overs: call.branches.length ? call.branches.map(({ over }) => saidItem(config, call, over, held, explanation)) : undefined,
    uses: usesOf(config, agent.agentId, input.session_id, call, action),
  };
}

/** An outcome as the SQL function takes it, with the digest of what a card would show of it. */
function saidItem(config: Configuration, call: Judgement, said: Said, held: string[], explanation: string): SaidItem {
  const { effect, outcome, rule, reasons, chain, timeout, quorum, onTimeout } = said;
  return {
    effect,
    outcome: outcome ?? undefined,
    rule: rule ?? undefined,
    reasons,
    chain_id: chain?.id,
    chain_version: chain?.version,
    timeout,
    quorum: quorum ?? undefined,
    on_timeout: onTimeout ?? undefined,
    facts_digest: factsOf(config, { ...call, rule, reasons, quorum, onTimeout }, held, explanation),
  };
}

/** What a "no" is remembered by: the tool and the values that decide, whatever else the call says. */
const memoryKey = (tool: string, { arguments: given, decisive }: Judgement) =>
  canonicalDigest({
    domain: "licet.memory",
    v: 1,
    tool,
    values: Object.fromEntries(decisive.map((pointer) => [pointer, resolvePointer(given, pointer) ?? null])),
  });

/** As PostgreSQL reads `bytea`. */
const bytes = (digest: Buffer) => `\\x${digest.toString("hex")}`;

/** The digest of what the card will show. Most calls of a tool show the same: remembered with the configuration. */
function factsOf(config: Configuration, { tool, ...call }: Judgement, held: string[], explanation: string): string {
  const key = `${explanation} ${tool?.definitionHash} ${call.risk} ${call.rule} ${call.reasons.join()} ${call.notInspectable.join()} ${held.join()} ${JSON.stringify(call.quorum)} ${call.onTimeout}`;
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
      explanation,
      ...(call.quorum === null ? {} : { quorum: call.quorum }),
      ...(call.onTimeout === null ? {} : { on_timeout: call.onTimeout }),
      policy: config.policy.version,
      tool: tool && { title: tool.title, action: tool.action, impact: tool.impact, reversibility: tool.reversibility },
    }),
  );
  if (config.facts.size >= MOST_FACTS) config.facts.clear();
  config.facts.set(key, digest);
  return digest;
}
const MOST_FACTS = 10_000;

/** The digest an explanation is kept by. Told apart by its words before it is hashed: most calls of a tool share one. */
function explanationOf(config: Configuration, { explanation, errors }: Judgement): string {
  let words = "";
  for (const { part, name, result, why } of explanation) words += `${part} ${name} ${result} ${why}\n`;
  for (const { part, name, error } of errors) words += `error ${part} ${name} ${error}\n`;
  const known = config.explanations.get(words);
  if (known !== undefined) return known;
  const digest = bytes(canonicalDigest({ domain: "licet.explanation", v: 1, words }));
  if (config.explanations.size >= MOST_FACTS) config.explanations.clear();
  config.explanations.set(words, digest);
  return digest;
}

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
    rule: answer.rule,
    reasons: answer.reasons ?? [],
    policy_version: item.policy_version,
    action_digest: item.action_digest,
    facts_digest: answer.facts_digest,
    chain_id: answer.chain_id,
    chain_version: answer.chain_version,
    level: answer.level,
    levels: pending ? levelsOf(config, answer.chain_id) : null,
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
    again_of: answer.again_of,
    quorum: answer.quorum,
    votes: answer.quorum === null ? null : [],
    explanation: item.explanation,
    now: at,
  };
}

const levelsOf = (config: Configuration, chain: string | null) =>
  [...config.chains.values()].find(({ id }) => id === chain)?.levels ?? null;
