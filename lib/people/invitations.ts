import { door, doorValue } from "@/lib/db/door";
import { changeTenant, readTenant, type Actor } from "@/lib/db/tenant";
import { problem } from "@/lib/platform/problem";
import { randomToken, sha256 } from "@/lib/platform/secret";
import { alreadyMember } from "./members";
import { hashPassword } from "./password";
import type { Role } from "./roles";

export const invitationGone = problem(
  "invitation_gone",
  410,
  "This invitation was used, withdrawn or is older than seven days. Ask for a new one.",
);
export const accountExists = problem("account_exists", 409, "Somebody signs in here with that e-mail already. Sign in, or ask an admin.");
export const notFound = problem("not_found", 404, "There is nothing here by that name, or it is not yours to see.");

export interface Invitation {
  id: string;
  email: string;
  name: string;
  roles: Role[];
  invited_by: string | null;
  created_at: string;
  expires_at: string;
}

/**
 * Invites an e-mail with roles, for seven days; an open invitation of the same address is withdrawn.
 * @returns the path of the link, shown once: only its hash is kept
 * @throws alreadyMember
 */
export async function invite(tenant: string, by: string, input: { email: string; name: string; roles: Role[] }) {
  const token = randomToken();
  const actor: Actor = { kind: "person", id: by };
  const id = await changeTenant(tenant, actor, async (client) => {
    const member = await client.query("select from people where tenant_id = $1 and email = $2", [tenant, input.email]);
    if (member.rowCount) throw alreadyMember();
    const { rows } = await client.query<{ id: string }>("select invite($1, $2, $3, $4, $5) as id", [
      sha256(token),
      input.email,
      input.name,
      input.roles,
      by,
    ]);
    return rows[0]?.id;
  });
  return { id, path: `/invite/${tenant}.${token}` };
}

export async function listInvitations(tenant: string): Promise<Invitation[]> {
  return readTenant(tenant, async (client) => {
    const { rows } = await client.query<Invitation>(
      `select i.id, i.email, i.name, i.roles, p.name as invited_by, i.created_at, i.expires_at
       from invitations i left join people p on p.tenant_id = i.tenant_id and p.id = i.invited_by
       where i.tenant_id = $1 and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > clock_timestamp()
       order by i.created_at desc`,
      [tenant],
    );
    return rows;
  });
}

/** @throws notFound */
export async function withdrawInvitation(tenant: string, by: string, id: string): Promise<void> {
  const withdrawn = await changeTenant(tenant, { kind: "person", id: by }, async (client) => {
    const { rows } = await client.query<{ done: boolean }>("select withdraw_invitation($1) as done", [id]);
    return rows[0]?.done;
  });
  if (!withdrawn) throw notFound();
}

/** A link's last part: `tenant.secret`. */
export function splitInvitation(link: string): { tenant: string; token: string } | null {
  const match = /^([a-z0-9][a-z0-9-]{0,62})\.([\w-]{43})$/.exec(link);
  return match?.[1] && match[2] ? { tenant: match[1], token: match[2] } : null;
}

export interface OpenInvitation {
  id: string;
  email: string;
  name: string;
  roles: Role[];
  invited_by: string | null;
  tenant_name: string;
}

export async function findInvitation(link: string): Promise<OpenInvitation | null> {
  const parts = splitInvitation(link);
  if (!parts) return null;
  const [row] = await door<OpenInvitation>(parts.tenant, "find_invitation", [sha256(parts.token)]);
  return row ?? null;
}

/**
 * Makes the invited person.
 * @param password  null: they will sign in by single sign-on, whose verified e-mail must be the invited one
 * @throws invitationGone, accountExists, weakPassword
 */
export async function acceptInvitation(link: string, name: string, password: string | null): Promise<void> {
  const parts = splitInvitation(link);
  const invitation = parts && (await findInvitation(link));
  if (!parts || !invitation) throw invitationGone();
  const passwordHash = password === null ? null : await hashPassword(password, name, invitation.email);
  const refusal = await doorValue<string | null>(parts.tenant, "accept_invitation", [sha256(parts.token), name, passwordHash]);
  if (refusal === "account_exists") throw accountExists();
  if (refusal !== null) throw invitationGone();
}
