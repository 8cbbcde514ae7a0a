import type { ArgumentProblem, Arguments } from "@/lib/catalog/arguments";
import { decisivePointers, deriveTarget, notInspectable } from "@/lib/catalog/derive";
import { outOfScopeBy } from "@/lib/catalog/grants";
import type { Risk } from "@/lib/catalog/terms";
import { evaluate, type Verdict } from "@/lib/policy/evaluate";
import type { Outcome } from "@/lib/policy/outcome";
import type { Quorum } from "@/lib/policy/schema";
import { DECIDING_ROLES } from "@/lib/people/roles";
import { UNKNOWN, type Axes } from "@/lib/policy/score";
import type { Configuration, ConfiguredTool } from "./configuration";
import { invalidRequest } from "./problems";
import type { AskInput } from "./schema";

/** What one outcome of policy means for the door. */
export interface Said {
  effect: "allow" | "deny" | "ask";
  /** Why it is denied. */
  outcome: string | null;
  rule: string | null;
  reasons: string[];
  chain: { id: string; version: number } | null;
  timeout: number;
  /** How many people, or how many of each group; null: one. */
  quorum: Quorum | null;
  /** Silence allows: low risk, and policy opted in. */
  onTimeout: "allow" | null;
}

/** What a call comes to before the database has looked: facts of the catalog, policy's verdict, the chain to ask. */
export interface Judgement extends Said {
  tool: ConfiguredTool | null;
  arguments: Arguments;
  resource: string | null;
  scope: string | null;
  /** Scopes the agent holds without asking. */
  held: string[];
  notInspectable: string[];
  decisive: string[];
  risk: Risk;
  axes: Axes;
  /** What happens instead if a counter is over, in the rules' order. */
  branches: { counter: Verdict["branches"][number]["counter"]; over: Said }[];
  explanation: Verdict["explanation"];
  errors: Verdict["errors"];
}

/**
 * Everything about a call that can be known without the database's locks. Pure.
 * @param now  the database's clock
 * @throws invalidRequest (422 with pointers)
 */
export function judge(config: Configuration, agentId: string, input: AskInput, now: Date): Judgement {
  const known = config.agents.get(agentId);
  const tool = config.tools.get(input.tool) ?? null;
  const given = input.arguments as Arguments;
  if (!tool || !known?.tools.has(tool.id)) {
    const outcome = tool ? "not_granted" : "unknown_tool";
    return {
      ...{
        tool,
        arguments: given,
        resource: null,
        scope: tool?.scope ?? null,
        held: known?.held ?? [],
        notInspectable: [],
        decisive: [],
        risk: UNKNOWN.risk,
        axes: UNKNOWN.axes,
      },
      ...{ effect: "deny", outcome, rule: null, reasons: [outcome], chain: null, timeout: config.policy.timeout[UNKNOWN.risk] },
      ...{ quorum: null, onTimeout: null },
      ...{ branches: [], explanation: [], errors: [] },
    };
  }
  const call = derive(tool, given, input);
  // What it may read as it likes it holds, whatever the arguments say where.
  const held = tool.action === "read" && !known.held.includes(call.scope) ? [...known.held, call.scope].sort() : known.held;
  const hit = outOfScopeBy(known.outOfScope, tool.name, call.resource);
  const verdict = evaluate(config.policy, {
    agent: known.name,
    tool: tool.scope === call.scope ? tool : { ...tool, scope: call.scope },
    mcp_server: tool.mcp?.server ?? null,
    kinds: tool.kinds,
    notInspectable: call.notInspectable,
    arguments: call.arguments,
    reason: input.reason,
    resource: call.resource,
    held,
    session: input.session_id,
    stage: known.stage,
    now,
  });
  return {
    ...call,
    ...(hit === undefined
      ? said(config, verdict)
      : { ...said(config, verdict), effect: "deny", outcome: "out_of_scope", reasons: ["out_of_scope"] }),
    held,
    tool,
    risk: verdict.risk,
    axes: verdict.axes,
    branches: hit === undefined ? verdict.branches.map(({ counter, over }) => ({ counter, over: said(config, over) })) : [],
    explanation: verdict.explanation,
    errors: verdict.errors,
  };
}

/** A chain that is not there denies; so does a quorum of groups that nobody can be in. */
function said(config: Configuration, { effect, rule, reasons, chain, timeout, quorum, on_timeout }: Outcome): Said {
  const found = effect === "ask" ? (config.chains.get(chain) ?? null) : null;
  const cannot = effect !== "ask" ? null : !knownGroups(quorum) ? "no_quorum" : found === null ? "no_chain" : null;
  return {
    effect: cannot ? "deny" : effect,
    outcome: cannot ?? (effect === "deny" ? (reasons.includes("reason_required") ? "reason_required" : "policy") : null),
    rule,
    reasons,
    chain: found,
    timeout,
    quorum: effect === "ask" && quorum !== 1 ? quorum : null,
    onTimeout: effect === "ask" && on_timeout === "allow" && quorum === null ? "allow" : null,
  };
}

/** Groups are the roles that decide. */
const knownGroups = (quorum: Quorum | null) =>
  quorum === null ||
  typeof quorum === "number" ||
  Object.keys(quorum).every((group) => (DECIDING_ROLES as readonly string[]).includes(group));

/** Resource and scope come from the arguments by the catalog; what the agent claims must be the same. */
function derive(tool: ConfiguredTool, given: Arguments, input: AskInput) {
  const checked = tool.check(given);
  if (isProblems(checked)) throw refuse(checked);
  const target = deriveTarget(tool, checked);
  if (isProblems(target)) throw refuse(target);
  const { resource, scope } = target;
  const errors: ArgumentProblem[] = [];
  if (input.resource !== undefined && input.resource !== resource) {
    errors.push({ pointer: "/resource", detail: `is not what the catalog derives: ${resource ?? "this tool has none"}` });
  }
  if (input.scope !== undefined && input.scope !== scope) {
    errors.push({ pointer: "/scope", detail: `is not what the catalog says: ${scope}` });
  }
  if (errors.length) throw refuse(errors);
  return { arguments: checked, resource, scope, notInspectable: notInspectable(checked), decisive: decisivePointers(tool, checked) };
}

const isProblems = (value: unknown): value is ArgumentProblem[] => Array.isArray(value);

const refuse = (errors: ArgumentProblem[]) => invalidRequest({ detail: errors.map((e) => `${e.pointer} ${e.detail}`).join("; "), errors });
