import { readTenant, withTenant, type Actor, type Orm, type Reader } from "@/lib/db/tenant";
import { problem } from "@/lib/platform/problem";
import { DEFAULT_CHAIN } from "@/lib/policy/evaluate";
import { defaultPolicy, parsePolicy } from "@/lib/policy/parse";
import type { Risk } from "@/lib/catalog/terms";
import { checkChain, type Finding } from "./check";
import type { Chain, ChainInput, ChainPerson } from "./schema";

export const invalidChain = problem("invalid_chain", 422, "The chain cannot be used like this. The one in force stays.");
export const noSuchChain = problem("no_such_chain", 404, "There is no such chain.");
export const chainInUse = problem("chain_in_use", 409, "The chain is still used. Nothing was removed.");

export async function listChains(tenant: string): Promise<Chain[]> {
  return readTenant(tenant, async (client) => {
    const { rows } = await client.query<Chain>(
      `select c.id, c.name, c.version, v.levels
       from chains c join chain_versions v on v.tenant_id = c.tenant_id and v.chain_id = c.id and v.version = c.version
       where c.tenant_id = $1 and c.status = 'active' order by c.name <> 'default', c.name`,
      [tenant],
    );
    return rows;
  });
}

/** Everybody, as far as chains care. Those who may not decide are included: the editor says why they cannot be chosen. */
export async function listChainPeople(tenant: string): Promise<ChainPerson[]> {
  return readTenant(tenant, readChainPeople.bind(null, tenant));
}

async function readChainPeople(tenant: string, client: Reader): Promise<ChainPerson[]> {
  const { rows } = await client.query<ChainPerson>(
    `select p.id, p.name, p.email, p.roles, p.status, p.account_id is not null as signs_in,
       (select count(*)::int from subscriptions s where s.tenant_id = p.tenant_id and s.person_id = p.id) as devices
     from people p where p.tenant_id = $1 order by p.name, p.id`,
    [tenant],
  );
  return rows;
}

/** Seconds until silence means no, by the policy in force. */
export async function readTimeouts(tenant: string): Promise<Record<Risk, number>> {
  return readTenant(tenant, async (client) => {
    const { rows } = await client.query<{ document: string }>(
      "select document from policies where tenant_id = $1 order by version desc limit 1",
      [tenant],
    );
    return parsePolicy(rows[0]?.document ?? defaultPolicy()).timeout;
  });
}

/**
 * Publishes a chain, new or as the next version of the one of that name. Requests that are pending keep the version they
 * were asked under; who was taken out cannot decide them any more.
 * @returns what is worth knowing about it (warnings)
 * @throws invalidChain with `findings`
 */
export async function publishChain(tenant: string, actor: Actor, input: ChainInput) {
  const warnings = await chainWarnings(tenant, input);
  const written = await withTenant(tenant, actor, (orm) => writeChain(orm, tenant, input));
  return { ...written, warnings };
}

/** What is worth knowing about a chain as it would be published now. @throws invalidChain with `findings` */
export async function chainWarnings(tenant: string, input: ChainInput): Promise<string[]> {
  const [people, timeout] = await Promise.all([listChainPeople(tenant), readTimeouts(tenant)]);
  const findings = checkChain(input.levels, new Map(people.map((person) => [person.id, person])), timeout);
  refuseErrors(input.name, findings);
  return findings.map((finding) => finding.text);
}

export function refuseErrors(name: string, findings: Finding[]): void {
  const errors = findings.filter((finding) => finding.severity === "error");
  if (!errors.length) return;
  throw invalidChain({
    detail: `${name}: ${errors.map((error) => error.text).join(" ")}`,
    errors: errors.map((error) => ({ pointer: error.level === null ? "/levels" : `/levels/${error.level - 1}`, detail: error.text })),
  });
}

export async function writeChain(orm: Orm, tenant: string, input: ChainInput) {
  const last = input.levels.length - 1;
  // The last level is asked until the deadline; a time of its own would say something that does not happen.
  const levels = input.levels.map((level, i) => (i === last ? { people: level.people } : level));
  const found = await orm.chains.findUnique({ where: { tenant_id_name: { tenant_id: tenant, name: input.name } } });
  if (found) {
    const current = await orm.chain_versions.findUnique({
      where: { tenant_id_chain_id_version: { tenant_id: tenant, chain_id: found.id, version: found.version } },
    });
    if (found.status === "active" && sameLevels(current?.levels, levels)) return { id: found.id, version: found.version, changed: false };
  }
  const version = (found?.version ?? 0) + 1;
  const chain = found ?? (await orm.chains.create({ data: { tenant_id: tenant, name: input.name, version } }));
  await orm.chain_versions.create({ data: { tenant_id: tenant, chain_id: chain.id, version, levels } });
  if (found) {
    await orm.chains.update({ where: { tenant_id_id: { tenant_id: tenant, id: found.id } }, data: { version, status: "active" } });
  }
  return { id: chain.id, version, changed: true };
}

/** Keys may come back from the database in another order. */
function sameLevels(stored: unknown, levels: ChainInput["levels"]): boolean {
  const plain = (value: unknown) => (value as ChainInput["levels"]).map((level) => [level.people, level.escalate_after ?? null]);
  return JSON.stringify(plain(stored)) === JSON.stringify(plain(levels));
}

/** Requests of a removed chain that are still pending have nobody left who may decide: they are denied. @throws noSuchChain, chainInUse */
export async function eraseChain(orm: Orm, tenant: string, id: string): Promise<void> {
  const chain = await orm.chains.findUnique({ where: { tenant_id_id: { tenant_id: tenant, id } } });
  if (chain?.status !== "active") throw noSuchChain();
  const policy = await orm.policies.findFirst({ where: { tenant_id: tenant }, orderBy: { version: "desc" } });
  const rules = policy
    ? parsePolicy(policy.document).rules.filter(
        (rule) => (rule.chain ?? DEFAULT_CHAIN) === chain.name && rule.effect === "require_approval",
      )
    : [];
  if (chain.name === DEFAULT_CHAIN) throw chainInUse({ detail: "Every rule that names no chain asks the chain default." });
  if (rules.length) throw chainInUse({ detail: `The rule ${rules[0]?.name} asks it.` });
  await orm.chains.update({ where: { tenant_id_id: { tenant_id: tenant, id } }, data: { status: "removed" } });
}
