import { changeTenant, readTenant, type Actor, type Reader } from "@/lib/db/tenant";
import { problem } from "@/lib/platform/problem";
import { hashPassword } from "./password";
import type { Role } from "./roles";
import type { Person } from "./schema";

export const alreadyMember = problem("already_member", 409, "That e-mail belongs to a person here already. Nothing was added.");
export const lastAdmin = problem("last_admin", 409, "This is the last admin. Make somebody else admin first; nothing was changed.");
export const noSuchPerson = problem("no_such_person", 404, "There is no such person here.");

const COLUMNS = "id, name, email, roles, status, account_id is not null as signs_in, created_at";

export async function listPeople(tenant: string): Promise<Person[]> {
  return readTenant(tenant, async (client) => {
    const { rows } = await client.query<Person>(`select ${COLUMNS} from people where tenant_id = $1 order by name, id`, [tenant]);
    return rows;
  });
}

/**
 * The operator's way in (`licet people add`): a person with a password, or one who will sign in by single sign-on.
 * The first who may decide becomes level 1 of the chain `default`.
 * @throws alreadyMember, weakPassword
 */
export async function addPerson(
  tenant: string,
  actor: Actor,
  input: { name: string; email: string; roles: Role[]; password: string | null },
): Promise<string> {
  const passwordHash = input.password === null ? null : await hashPassword(input.password, input.name, input.email);
  const id = await changeTenant(tenant, actor, async (client) => {
    const { rows } = await client.query<{ id: string | null }>("select add_person($1, $2, $3, $4) as id", [
      input.name,
      input.email,
      input.roles,
      passwordHash,
    ]);
    return rows[0]?.id ?? null;
  });
  if (id === null) throw alreadyMember();
  return id;
}

/** Somebody who cannot sign in, to own the demo's agent. */
export async function addPlaceholder(client: Reader, name: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>("select add_placeholder($1) as id", [name]);
  if (!rows[0]) throw new Error("add_placeholder returned no row");
  return rows[0].id;
}

/** @throws noSuchPerson, lastAdmin */
export async function setRoles(tenant: string, actor: Actor, id: string, roles: Role[]): Promise<void> {
  await keepingAnAdmin(() =>
    changeTenant(tenant, actor, async (client) => {
      const done = await client.query("update people set roles = $3 where tenant_id = $1 and id = $2", [tenant, id, roles]);
      if (!done.rowCount) throw noSuchPerson();
    }),
  );
}

/** Disabling ends their sessions and forgets their devices in the same transaction. @throws noSuchPerson, lastAdmin */
export async function setStatus(tenant: string, actor: Actor, id: string, status: Person["status"]): Promise<void> {
  await keepingAnAdmin(() =>
    changeTenant(tenant, actor, async (client) => {
      const { rows } = await client.query<{ refusal: string | null }>("select set_person_status($1, $2) as refusal", [id, status]);
      if (rows[0]?.refusal) throw noSuchPerson();
    }),
  );
}

async function keepingAnAdmin(change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if ((error as { constraint?: string }).constraint === "last_admin") throw lastAdmin();
    throw error;
  }
}
