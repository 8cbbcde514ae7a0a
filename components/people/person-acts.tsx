"use client";
import { useState } from "react";
import { Confirm } from "@/components/ui/confirm";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useToast } from "@/components/ui/toast";
import { usePeopleChanges } from "@/lib/client/use-people";
import type { Person } from "@/lib/people/schema";
import { ChangeRoles } from "./change-roles";

/** What an admin may do with somebody, behind one button. */
export function PersonActs({ person, isMe }: { person: Person; isMe: boolean }) {
  const [open, setOpen] = useState<"roles" | "disable" | null>(null);
  const { update } = usePeopleChanges();
  const toast = useToast();
  const close = () => setOpen(null);
  const enable = () =>
    update(person.id, { status: "active" }).then(
      () => toast(`${person.name} may sign in again.`),
      (error: Error) => toast(error.message, "bad"),
    );
  return (
    <>
      <Menu
        trigger={
          <button type="button" className="btn small quiet" aria-label={`Change ${person.name}`}>
            Change
          </button>
        }
      >
        <MenuItem onClick={() => setOpen("roles")}>Roles…</MenuItem>
        {person.status === "active" ? (
          <MenuItem onClick={() => setOpen("disable")}>Disable…</MenuItem>
        ) : (
          <MenuItem onClick={() => void enable()}>Enable</MenuItem>
        )}
      </Menu>
      {open === "roles" ? <ChangeRoles person={person} isMe={isMe} onClose={close} /> : null}
      {open === "disable" ? (
        <Confirm
          title={isMe ? "Disable yourself?" : `Disable ${person.name}?`}
          act={isMe ? "Disable me" : "Disable"}
          onAct={() => update(person.id, { status: "disabled" })}
          onClose={close}
        >
          <p>
            {isMe ? "You are" : "They are"} signed out everywhere at once and asked nothing more; devices for pushes are forgotten. Chains
            go on naming {isMe ? "you" : "them"}, so a level that names nobody else is passed over. Another admin can enable{" "}
            {isMe ? "you" : "them"} again.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}
