import { door, doorValue } from "@/lib/db/door";
import { randomToken, sha256 } from "@/lib/platform/secret";
import type { Role } from "./roles";
import type { SignedIn } from "./schema";

/**
 * Opens a session for an account that has just proved who it is.
 * @returns the secret for the cookie; the database keeps its SHA-256. Null: the account is no active member of any tenant
 */
export async function openSession(accountId: string, userAgent: string): Promise<string | null> {
  const secret = randomToken();
  const tenant = await doorValue<string | null>(null, "open_session", [accountId, sha256(secret), userAgent]);
  return tenant === null ? null : secret;
}

interface SessionRow {
  tenant_id: string;
  person_id: string;
  account_id: string;
  name: string;
  email: string;
  roles: Role[];
  has_password: boolean;
}

/** Who holds this session now, read from the database; null when it is over (idle 30 min, 12 h in all, ended, disabled). */
export async function authenticateSession(secret: string): Promise<SignedIn | null> {
  const sessionHash = sha256(secret);
  const [row] = await door<SessionRow>(null, "authenticate_session", [sessionHash]);
  if (!row) return null;
  return {
    tenant: row.tenant_id,
    personId: row.person_id,
    accountId: row.account_id,
    name: row.name,
    email: row.email,
    roles: row.roles,
    hasPassword: row.has_password,
    sessionHash,
  };
}

/** @returns how many sessions ended */
export async function endSession(sessionHash: Buffer, everywhere: boolean): Promise<number> {
  return doorValue<number>(null, "end_sessions", [sessionHash, everywhere]);
}

export interface OpenSession {
  current: boolean;
  user_agent: string;
  created_at: string;
  last_seen_at: string;
}

export const listSessions = (sessionHash: Buffer) => door<OpenSession>(null, "list_sessions", [sessionHash]);

/** Which of these sessions of the tenant still hold, by hash in hex, and with which roles; does not count as activity. */
export async function liveSessions(tenant: string, hashes: Buffer[]): Promise<Map<string, Role[]>> {
  const rows = await door<{ id_hash: Buffer; roles: Role[] }>(tenant, "live_sessions", [hashes]);
  return new Map(rows.map((row) => [row.id_hash.toString("hex"), row.roles]));
}
