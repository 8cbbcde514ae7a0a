import { timingSafeEqual } from "node:crypto";
import { door, doorValue } from "@/lib/db/door";
import { changeTenant, readTenant, type Actor } from "@/lib/db/tenant";
import { problem } from "@/lib/platform/problem";
import { sha256 } from "@/lib/platform/secret";
import { Remembered } from "@/lib/platform/remembered";
import { singleton } from "@/lib/platform/singleton";
import { generateKey, parseKey } from "./key-format";

export const noSuchAgent = problem("no_such_agent", 404, "There is no such agent here.");
export const noSuchKey = problem("no_such_key", 404, "There is no such key, or it was revoked before.");
export const tooManyKeys = problem("too_many_keys", 409, "An agent has two keys at most, so that one can be rotated. Revoke one first.");

/** The agent a key speaks for. */
export interface AgentIdentity {
  tenant: string;
  agentId: string;
  keyId: string;
}

export interface AgentKey {
  id: string;
  agent_id: string;
  created_by: string | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

interface DirectoryRow {
  tenant_id: string;
  agent_id: string;
  secret_hash: Buffer;
}

/** Live keys of this process, so that an ask costs no look-up; `ask` checks in its own transaction that the key still holds. */
const directory = singleton("key directory", () => new Remembered<{ row: DirectoryRow; until: number }>(10_000));
const CACHE_MS = 10_000;

/**
 * Whose key is this?
 * @param checkedLater  true on the way to `ask`, which checks revocation itself; otherwise the directory is read each time
 * @returns null for every kind of bad key alike
 */
export async function authenticateKey(text: string, checkedLater: boolean): Promise<AgentIdentity | null> {
  const key = parseKey(text);
  if (!key) return null;
  const cached = checkedLater ? directory.get(key.id) : undefined;
  const row = cached && cached.until > performance.now() ? cached.row : await lookUp(key.id);
  if (!row || !timingSafeEqual(row.secret_hash, sha256(key.secret))) return null;
  used.set(row.tenant_id, (used.get(row.tenant_id) ?? new Set()).add(key.id));
  return { tenant: row.tenant_id, agentId: row.agent_id, keyId: key.id };
}

async function lookUp(id: string): Promise<DirectoryRow | null> {
  const [row] = await door<DirectoryRow>(null, "authenticate_key", [id]);
  if (!row) {
    directory.delete(id);
    return null;
  }
  directory.set(id, { row, until: performance.now() + CACHE_MS });
  return row;
}

/** Forgets a key that turned out to be revoked. */
export const forgetKey = (id: string) => directory.delete(id);

/** Does this key still hold? Read from the database. */
export async function keyHolds(id: string): Promise<boolean> {
  return (await lookUp(id)) !== null;
}

const used = singleton("used keys", () => new Map<string, Set<string>>());

/** Writes down when keys were last used; called by the scheduler now and then, not on the way of a call. */
export async function recordUse(): Promise<void> {
  const byTenant = new Map(used);
  used.clear();
  for (const [tenant, keys] of byTenant) await doorValue(tenant, "touch_keys", [[...keys]]);
}

/**
 * Makes a key for an agent. Who made it counts as the requester's side and never decides this agent's requests.
 * @returns the id, and the key's full text: shown once, kept nowhere
 * @throws noSuchAgent, tooManyKeys
 */
export async function createKey(tenant: string, actor: Actor, agentId: string): Promise<{ id: string; key: string }> {
  const { id, secret, text } = generateKey();
  const by = actor.kind === "person" ? actor.id : null;
  const refusal = await changeTenant(tenant, actor, async (client) => {
    const { rows } = await client.query<{ refusal: string | null }>("select create_agent_key($1, $2, $3, $4) as refusal", [
      id,
      agentId,
      sha256(secret),
      by,
    ]);
    return rows[0]?.refusal;
  });
  if (refusal === "no_such_agent") throw noSuchAgent();
  if (refusal) throw tooManyKeys();
  return { id, key: text };
}

/** At once, on every replica: asking and reading both look. @throws noSuchKey */
export async function revokeKey(tenant: string, actor: Actor, id: string): Promise<void> {
  await changeTenant(tenant, actor, async (client) => {
    const { rows } = await client.query<{ done: boolean }>("select revoke_agent_key($1) as done", [id]);
    if (!rows[0]?.done) throw noSuchKey();
  });
  forgetKey(id);
}

export async function listKeys(tenant: string, agentId: string): Promise<AgentKey[]> {
  return readTenant(tenant, async (client) => {
    const { rows } = await client.query<AgentKey>(
      `select id, agent_id, created_by, created_at, expires_at, last_used_at, revoked_at
       from agent_keys where tenant_id = $1 and agent_id = $2 order by created_at desc`,
      [tenant, agentId],
    );
    return rows;
  });
}
