"use client";
import Link from "next/link";
import { Menu, MenuItem } from "@/components/ui/menu";
import { DECIDING_ROLES, hasRole, ROLE_NAMES } from "@/lib/people/roles";
import type { ChainPerson } from "@/lib/escalation/schema";

/** Whom a level can name: active, signing in, approver or security officer. */
const mayStand = (person: ChainPerson) => person.status === "active" && person.signs_in && hasRole(person, ...DECIDING_ROLES);

export function AddPerson({
  people,
  there,
  level,
  onAdd,
}: {
  people: ChainPerson[];
  /** Who stands in this level already. */
  there: string[];
  level: number;
  onAdd: (id: string) => void;
}) {
  const choices = people.filter((person) => mayStand(person) && !there.includes(person.id));
  return (
    <Menu
      trigger={
        <button type="button" className="chip add" aria-label={`Add somebody to level ${level}`}>
          Add…
        </button>
      }
    >
      {choices.map((person) => (
        <MenuItem key={person.id} onClick={() => onAdd(person.id)}>
          {person.name}{" "}
          <span className="muted">
            {DECIDING_ROLES.filter((role) => person.roles.includes(role))
              .map((role) => ROLE_NAMES[role])
              .join(", ")}
          </span>
        </MenuItem>
      ))}
      {choices.length ? null : <span className="said">Every approver and security officer who signs in is here.</span>}
      <MenuItem render={<Link href="/people">Invite somebody…</Link>} />
    </Menu>
  );
}
