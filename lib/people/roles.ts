/** What a person may do. Nothing is implied: an admin who should decide is an approver too. */
export const ROLES = ["owner", "approver", "admin", "security_officer", "auditor"] as const;
export type Role = (typeof ROLES)[number];

/** Who may stand in a level of a chain. */
export const DECIDING_ROLES: readonly Role[] = ["approver", "security_officer"];

export const ROLE_NAMES: Record<Role, string> = {
  owner: "owner",
  approver: "approver",
  admin: "admin",
  security_officer: "security officer",
  auditor: "auditor",
};

export const ROLE_ABOUT: Record<Role, string> = {
  owner: "answers for agents; sees their requests, never decides them",
  approver: "decides requests in the chains that name them",
  admin: "registers agents and tools, edits chains, invites people",
  security_officer: "decides as an approver does, and is told when nobody answered",
  auditor: "reads everything, changes nothing",
};

export const hasRole = (person: { roles: readonly Role[] }, ...roles: Role[]) => roles.some((role) => person.roles.includes(role));

/** Everything of the tenant may be read by those who decide, administer or audit; an owner reads their own agents' only. */
export const readsAll = (person: { roles: readonly Role[] }) => hasRole(person, "approver", "admin", "security_officer", "auditor");
