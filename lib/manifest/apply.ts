import { writeStage } from "@/lib/catalog/agents";
import { writeGrant } from "@/lib/catalog/grants";
import type { GrantInput } from "@/lib/catalog/schema";
import { defineTool, writeTool } from "@/lib/catalog/tools";
import { changeOrPropose } from "@/lib/changes/propose";
import type { Operation } from "@/lib/changes/schema";
import { withTenant, type Actor, type Orm } from "@/lib/db/tenant";
import { checkChain, checkTimes, type Finding } from "@/lib/escalation/check";
import { listChainPeople, listChains, readTimeouts, refuseErrors, writeChain } from "@/lib/escalation/chains";
import { readReach } from "@/lib/escalation/reach";
import type { ChainInput, ChainPerson } from "@/lib/escalation/schema";
import { defaultPolicy, parsePolicy } from "@/lib/policy/parse";
import { readPolicy, writePolicy } from "@/lib/policy/policies";
import { Problem } from "@/lib/platform/problem";
import { invalidManifest, withLimits, type ReadManifest } from "./read";
import type { ManifestChain } from "./schema";

/** One line of the diff. */
export interface ManifestChange {
  kind: "tool" | "chain" | "policy" | "grant" | "stage";
  name: string;
  change: "added" | "changed" | "unchanged";
  detail: string;
}

export interface Applied {
  changes: ManifestChange[];
  warnings: string[];
  /** The change that waits for an admin, where two have ever existed and this widens; null: it is in force. */
  proposed: string | null;
}

class DryRun extends Error {
  constructor(readonly changes: ManifestChange[]) {
    super("dry run");
  }
}

/**
 * Applies a manifest whole or not at all, in one transaction; what it does not name is left as it is. Where two admins have
 * ever existed and it widens, it is proposed instead.
 * @param dryRun  does everything and takes it back: the diff is what would really happen
 * @throws the problem of the first part that cannot be applied, its place in `detail`
 */
export async function applyManifest(tenant: string, actor: Actor, file: ReadManifest, dryRun: boolean): Promise<Applied> {
  const manifest = await withPolicyInForce(tenant, file);
  const { chains, warnings } = await checkChains(tenant, manifest);
  try {
    if (dryRun) {
      await withTenant(tenant, actor, async (orm) => {
        throw new DryRun(await write(orm, tenant, manifest, chains));
      });
    }
    let written: ManifestChange[] = [];
    const outcome = await changeOrPropose(tenant, actor, {
      operations: operationsOf(manifest, chains),
      reason: "licet apply, on the server's host",
      write: async (orm) => (written = await write(orm, tenant, manifest, chains)),
    });
    return { changes: written, warnings, proposed: "proposed" in outcome ? outcome.proposed : null };
  } catch (error) {
    if (error instanceof DryRun) return { changes: error.changes, warnings, proposed: null };
    throw error;
  }
}

/** Limits without a policy are those of the policy in force. */
async function withPolicyInForce(tenant: string, file: ReadManifest): Promise<ReadManifest> {
  if (file.limits === null) return file;
  const document = (await readPolicy(tenant))?.document ?? defaultPolicy();
  return { ...file, policy: withLimits(document, file.limits), limits: null };
}

/** The same as `write` does, part by part, as a change holds it. */
const operationsOf = (manifest: ReadManifest, chains: ChainInput[]): Operation[] => [
  ...manifest.tools.map((tool) => ({ op: "save_tool" as const, tool })),
  ...chains.map((chain) => ({ op: "save_chain" as const, chain })),
  ...(manifest.policy === null ? [] : [{ op: "publish_policy" as const, document: manifest.policy }]),
  ...manifest.grants.map((grant) => ({ op: "grant" as const, grant })),
  ...manifest.stages.map(({ agent, stage }) => ({ op: "set_stage" as const, agent, stage, exceptions: [] })),
];

async function write(orm: Orm, tenant: string, manifest: ReadManifest, chains: ChainInput[]): Promise<ManifestChange[]> {
  const changes: ManifestChange[] = [];
  for (const input of manifest.tools) {
    const definition = located(`tools: ${input.name}`, () => defineTool(input));
    const { version, changed } = await writeTool(orm, tenant, definition);
    const { risk, action, impact, reversibility } = definition;
    changes.push({
      kind: "tool",
      name: input.name,
      change: kindOf(version, changed),
      detail: `v${version} ${risk} (${action}, ${impact} × ${reversibility})`,
    });
  }
  for (const chain of chains) {
    const { version, changed } = await writeChain(orm, tenant, chain);
    const levels = chain.levels.map((level) => `${level.people.length}${level.escalate_after ? ` for ${level.escalate_after} s` : ""}`);
    changes.push({
      kind: "chain",
      name: chain.name,
      change: kindOf(version, changed),
      detail: `v${version} levels: ${levels.join(", then ")}`,
    });
  }
  if (manifest.policy !== null) {
    const { version, changed } = await writePolicy(orm, tenant, manifest.policy);
    changes.push({ kind: "policy", name: "policy", change: kindOf(version, changed), detail: `v${version}` });
  }
  for (const grant of manifest.grants) {
    const name = `${grant.agent} → ${grant.tool}`;
    const change = await locatedAsync(`grants: ${name}`, () => applyGrant(orm, tenant, grant));
    changes.push({ kind: "grant", name, change, detail: grant.justification });
  }
  for (const { agent, stage } of manifest.stages) {
    const changed = await locatedAsync(`stages: ${agent}`, () => writeStage(orm, tenant, agent, stage, []));
    changes.push({ kind: "stage", name: agent, change: changed ? "changed" : "unchanged", detail: stage });
  }
  return changes;
}

/** A grant never changes: one for another reason or time is revoked and given anew, with nothing in between. */
async function applyGrant(orm: Orm, tenant: string, grant: GrantInput): Promise<ManifestChange["change"]> {
  const { id, changed } = await writeGrant(orm, tenant, grant);
  if (changed) return "added";
  const revoked = await orm.$executeRaw`update grants set revoked_at = clock_timestamp()
    where tenant_id = ${tenant} and id = ${id}::uuid and (justification <> ${grant.justification}
      or expires_at is distinct from ${grant.expires_at ?? null}::timestamptz)`;
  if (!revoked) return "unchanged";
  await writeGrant(orm, tenant, grant);
  return "changed";
}

const kindOf = (version: number, changed: boolean): ManifestChange["change"] =>
  !changed ? "unchanged" : version === 1 ? "added" : "changed";

/** The chains with people instead of e-mails; every chain, new and old, must fit the deadlines that will be in force. */
async function checkChains(tenant: string, manifest: ReadManifest): Promise<{ chains: ChainInput[]; warnings: string[] }> {
  const people = await listChainPeople(tenant);
  const byId = new Map(people.map((person) => [person.id, person]));
  const timeout =
    manifest.policy === null ? await readTimeouts(tenant) : located("policy", () => parsePolicy(manifest.policy ?? "")).timeout;
  const chains = manifest.chains.map((chain) => resolvePeople(chain, people));
  if (manifest.policy !== null) {
    const reach = await readReach(tenant, chains);
    located("policy", () => parsePolicy(manifest.policy ?? "", reach));
  }
  const named = new Set(chains.map((chain) => chain.name));
  const others = (await listChains(tenant)).filter((chain) => !named.has(chain.name));
  const warnings: Finding[] = [];
  for (const chain of chains) {
    const findings = checkChain(chain.levels, byId, timeout);
    located("chains", () => refuseErrors(chain.name, findings));
    warnings.push(...findings.map((finding) => ({ ...finding, text: `chain ${chain.name}: ${finding.text}` })));
  }
  for (const chain of others) located("the chain in force", () => refuseErrors(chain.name, checkTimes(chain.levels, timeout)));
  return { chains, warnings: warnings.map((finding) => finding.text) };
}

function resolvePeople(chain: ManifestChain, people: ChainPerson[]): ChainInput {
  const idOf = (email: string) => {
    const person = people.find((candidate) => candidate.email === email);
    if (!person) throw invalidManifest({ detail: `chains: ${chain.name}: there is no person ${email}. Add them first: licet people add` });
    return person.id;
  };
  return { name: chain.name, levels: chain.levels.map((level) => ({ ...level, people: level.people.map(idOf) })) };
}

function located<T>(place: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw locate(place, error);
  }
}

async function locatedAsync<T>(place: string, run: () => Promise<T>): Promise<T> {
  return run().catch((error: unknown) => {
    throw locate(place, error);
  });
}

/** The part's own problem, said of the file: whichever part it is, none of it was applied. */
const locate = (place: string, error: unknown) =>
  error instanceof Problem
    ? new Problem(error.code, error.status, invalidManifest().title, {
        ...error.details,
        detail: [`${place}: ${String(error.details.detail ?? error.title)}`, HINTS[error.code]].filter(Boolean).join(" "),
      })
    : error;

const HINTS: Record<string, string> = { no_such_agent: "Register it first: licet agents add" };
