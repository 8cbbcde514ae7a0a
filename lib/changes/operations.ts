import { patchAgent, writeAgent, writeStage } from "@/lib/catalog/agents";
import { endGrant, writeGrant } from "@/lib/catalog/grants";
import { IMPACTS, REVERSIBILITIES, RISKS } from "@/lib/catalog/terms";
import { defineTool, takeOutTool, writeTool } from "@/lib/catalog/tools";
import type { Orm } from "@/lib/db/tenant";
import { chainWarnings, eraseChain, writeChain } from "@/lib/escalation/chains";
import { readReach } from "@/lib/escalation/reach";
import { canonicalJson } from "@/lib/platform/canonical";
import { parsePolicy } from "@/lib/policy/parse";
import { writePolicy } from "@/lib/policy/policies";
import { tightens as policyTightens } from "@/lib/policy/tightens";
import * as read from "./objects";
import type { Operation, Touched } from "./schema";

type Of<Name extends Operation["op"]> = Extract<Operation, { op: Name }>;

/** What there is to know about one kind of operation. */
interface Kind<Op> {
  /** What it touches, as it is now: a name for people and the content; null content where it is not there. */
  read(orm: Orm, tenant: string, op: Op): Promise<read.Found>;
  apply(orm: Orm, tenant: string, op: Op): Promise<unknown>;
  /**
   * Does it plainly tighten, so that one person may do it (requirement A4)? Read from what was and what would be, never
   * from what it might mean. Where it is missing it never does.
   */
  tightens?(before: read.Content | null, after: read.Content | null): boolean;
  /** What has to be looked up beforehand, outside the transaction. */
  check?(tenant: string, op: Op, together: readonly Operation[]): Promise<unknown>;
}

/** The closed list. */
const KINDS: { [Name in Operation["op"]]: Kind<Of<Name>> } = {
  save_tool: {
    read: (orm, tenant, { tool }) => read.tool(orm, tenant, tool.name),
    apply: (orm, tenant, { tool }) => writeTool(orm, tenant, defineTool(tool)),
    tightens: onlyRaisesRisk,
  },
  remove_tool: {
    read: (orm, tenant, { name }) => read.tool(orm, tenant, name),
    apply: (orm, tenant, { name }) => takeOutTool(orm, tenant, name),
    tightens: () => true,
  },
  grant: {
    read: (orm, tenant, { grant }) => read.grant(orm, tenant, grant),
    apply: async (orm, tenant, { grant }) => {
      const { id, changed } = await writeGrant(orm, tenant, grant);
      if (changed) return;
      // Granted already, for another reason: the old grant stays readable, revoked.
      await endGrant(orm, tenant, id);
      await writeGrant(orm, tenant, grant);
    },
  },
  revoke_grant: {
    read: (orm, tenant, { id }) => read.grantById(orm, tenant, id),
    apply: (orm, tenant, { id }) => endGrant(orm, tenant, id),
    tightens: () => true,
  },
  save_chain: {
    read: (orm, tenant, { chain }) => read.chain(orm, tenant, { name: chain.name }),
    apply: (orm, tenant, { chain }) => writeChain(orm, tenant, chain),
    check: (tenant, { chain }) => chainWarnings(tenant, chain),
  },
  remove_chain: {
    read: (orm, tenant, { id }) => read.chain(orm, tenant, { id }),
    apply: (orm, tenant, { id }) => eraseChain(orm, tenant, id),
  },
  publish_policy: {
    read: (orm, tenant) => read.policy(orm, tenant),
    apply: (orm, tenant, { document }) => {
      parsePolicy(document);
      return writePolicy(orm, tenant, document);
    },
    check: async (tenant, { document }, together) => {
      const chains = together.flatMap((op) => (op.op === "save_chain" ? [op.chain] : []));
      parsePolicy(document, await readReach(tenant, chains));
    },
    tightens: (before, after) =>
      typeof before?.document === "string" &&
      typeof after?.document === "string" &&
      policyTightens(parsePolicy(before.document), parsePolicy(after.document)),
  },
  // An agent that was just registered holds no grant and no key: nothing is wider than before.
  register_agent: {
    read: (orm, tenant, { agent }) => read.agent(orm, tenant, { name: agent.name }),
    apply: (orm, tenant, { agent }) => writeAgent(orm, tenant, agent),
    tightens: (before) => before === null,
  },
  set_stage: {
    read: (orm, tenant, { agent }) => read.agent(orm, tenant, { name: agent }),
    apply: (orm, tenant, { agent, stage, exceptions }) => writeStage(orm, tenant, agent, stage, exceptions),
    tightens: (_before, after) => after?.stage === "trial",
  },
  update_agent: {
    read: (orm, tenant, { id }) => read.agent(orm, tenant, { id }),
    apply: (orm, tenant, { id, patch }) => patchAgent(orm, tenant, id, patch),
    tightens: onlyNarrowsAgent,
  },
};

// The entry of an operation's own name takes exactly that operation; TypeScript cannot follow the pairing by itself.
function kindOf<Op extends Operation>(op: Op): Kind<Op> {
  return KINDS[op.op] as unknown as Kind<Op>;
}

export const readTouched = (orm: Orm, tenant: string, op: Operation) => kindOf(op).read(orm, tenant, op);
export const applyOperation = (orm: Orm, tenant: string, op: Operation) => kindOf(op).apply(orm, tenant, op);

/** @throws the problem of the first that could not be applied, whatever else changes until then */
export async function checkOperations(tenant: string, operations: readonly Operation[]): Promise<void> {
  for (const op of operations) await kindOf(op).check?.(tenant, op, operations);
}

export const sameContent = (a: read.Content | null, b: read.Content | null) => canonicalJson(a) === canonicalJson(b);

/** Does everything that differs plainly tighten? */
export function tightens(operations: readonly Operation[], touched: readonly Touched[]): boolean {
  return operations.every((op, i) => {
    const { before, after } = touched[i] ?? { before: null, after: null };
    return sameContent(before, after) || (kindOf(op).tightens?.(before, after) ?? false);
  });
}

/** The steps of the catalog's scales, from mild to severe. Tenants reach further than one outside: not a step up. */
const SCALES = { risk: RISKS, reversibility: REVERSIBILITIES, impact: IMPACTS } as const;

function onlyRaisesRisk(before: read.Content | null, after: read.Content | null): boolean {
  if (!before || !after) return false;
  const step = (field: keyof typeof SCALES, tool: read.Content) => (SCALES[field] as readonly unknown[]).indexOf(tool[field]);
  const fields: (keyof typeof SCALES)[] = ["risk", "reversibility", "impact"];
  const rises = fields.every((field) => step(field, after) >= step(field, before));
  const reachesLess = before.impact === "tenants" && after.impact !== "tenants";
  const rest = (tool: read.Content) => ({ ...tool, risk: null, reversibility: null, impact: null, justification: null });
  return rises && !reachesLess && step("risk", after) > step("risk", before) && sameContent(rest(before), rest(after));
}

/** Disabled, more put out of its scope, or described in other words; never another owner, who may then not decide. */
function onlyNarrowsAgent(before: read.Content | null, after: read.Content | null): boolean {
  if (!before || !after) return false;
  const scope = (agent: read.Content) => (Array.isArray(agent.out_of_scope) ? agent.out_of_scope : []);
  return (
    before.owner === after.owner &&
    (before.status === after.status || after.status === "disabled") &&
    scope(before).every((pattern) => scope(after).includes(pattern))
  );
}
