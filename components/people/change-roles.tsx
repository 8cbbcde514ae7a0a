"use client";
import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { FormFailure } from "@/components/ui/form-failure";
import { useToast } from "@/components/ui/toast";
import { useForm } from "@/lib/client/use-form";
import { usePeopleChanges } from "@/lib/client/use-people";
import { DECIDING_ROLES, hasRole } from "@/lib/people/roles";
import type { Person } from "@/lib/people/schema";
import { RolesField } from "./roles-field";

/** Changes what somebody may do, from the next moment on. */
export function ChangeRoles({ person, isMe, onClose }: { person: Person; isMe: boolean; onClose: () => void }) {
  const [roles, setRoles] = useState(person.roles);
  const { update } = usePeopleChanges();
  const { busy, wrong, failure, send } = useForm();
  const toast = useToast();
  const stopsDeciding = hasRole(person, ...DECIDING_ROLES) && !hasRole({ roles }, ...DECIDING_ROLES);
  const submit = async () => {
    if (!(await send(async () => void (await update(person.id, { roles }))))) return;
    toast(`${isMe ? "Your" : `${person.name}’s`} roles are changed.`);
    onClose();
  };
  return (
    <Dialog title={isMe ? "Your roles" : `Roles of ${person.name}`} open onClose={onClose} typing>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <RolesField value={roles} onChange={setRoles} wrong={wrong("roles") ?? (roles.length ? null : "Choose one at least.")} />
        {stopsDeciding ? (
          <p className="note">Without approver or security officer {isMe ? "you are" : "they are"} not asked any more, in any chain.</p>
        ) : null}
        {isMe && !roles.includes("admin") && person.roles.includes("admin") ? (
          <p className="note">You will not be able to change this back yourself.</p>
        ) : null}
        <FormFailure text={failure} />
        <div className="acts">
          <button type="submit" className="btn primary" disabled={busy || !roles.length}>
            {busy ? "Saving…" : "Save"}
          </button>
          <button type="button" className="btn quiet" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
