"use client";
import { ROLE_ABOUT, ROLE_NAMES, ROLES, type Role } from "@/lib/people/roles";

/** Which roles somebody has, each with what it may do. Nothing is implied: an admin who decides is an approver too. */
export function RolesField({ value, onChange, wrong }: { value: Role[]; onChange: (roles: Role[]) => void; wrong: string | null }) {
  return (
    <fieldset className="group">
      <legend className="label">Roles</legend>
      {ROLES.map((role) => (
        <label key={role} className="tick">
          <input
            type="checkbox"
            checked={value.includes(role)}
            onChange={({ target }) => onChange(ROLES.filter((each) => (each === role ? target.checked : value.includes(each))))}
          />
          <span>
            <b>{ROLE_NAMES[role]}</b> <small>{ROLE_ABOUT[role]}</small>
          </span>
        </label>
      ))}
      {wrong ? (
        <span className="wrong" role="alert">
          {wrong}
        </span>
      ) : null}
    </fieldset>
  );
}
