import { ROLE_NAMES, type Role } from "@/lib/people/roles";

export function RoleChips({ roles }: { roles: Role[] }) {
  return (
    <span className="chips">
      {roles.map((role) => (
        <span key={role} className="chip">
          {ROLE_NAMES[role]}
        </span>
      ))}
    </span>
  );
}
