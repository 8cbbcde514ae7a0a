"use client";
import Link from "next/link";
import { useState } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { FormFailure } from "@/components/ui/form-failure";
import { TextField } from "@/components/ui/text-field";
import { useForm } from "@/lib/client/use-form";
import { usePeopleChanges } from "@/lib/client/use-people";
import { DECIDING_ROLES, hasRole, type Role } from "@/lib/people/roles";
import { RolesField } from "./roles-field";

/** Invites an e-mail address and shows the link, once. */
export function InvitePerson({ onClose }: { onClose: () => void }) {
  const [input, setInput] = useState<{ name: string; email: string; roles: Role[] }>({ name: "", email: "", roles: ["approver"] });
  const [link, setLink] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const { invite } = usePeopleChanges();
  const { busy, wrong, failure, send } = useForm();
  const set = (change: Partial<typeof input>) => setInput({ ...input, ...change });
  const submit = () => send(async () => setLink((await invite(input)).link));
  if (link !== null) {
    return (
      <Dialog title="The link, shown once" open onClose={() => setLeaving(true)} typing>
        <div className="form">
          <p>
            Give it to {input.name || input.email} yourself: nothing is sent. It works once, for seven days, and is only good for the person
            who has it.
          </p>
          <div className="once mono">{link}</div>
          <div className="acts">
            <CopyButton text={link} label="Copy the link" className="btn small primary" />
            <button type="button" className="btn small" onClick={onClose}>
              {leaving ? "Yes, close it" : "I have kept it"}
            </button>
          </div>
          <p className="wrong" role="status">
            {leaving ? "The link is not shown again. Did you copy it?" : ""}
          </p>
          {hasRole(input, ...DECIDING_ROLES) ? (
            <p className="note">
              To be asked they must stand in a level: once they have joined, put them into a{" "}
              <Link className="link" href="/chains">
                chain
              </Link>
              .
            </p>
          ) : null}
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Invite somebody" open onClose={onClose} typing>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          label="E-mail"
          hint="They sign in with it."
          wrong={wrong("email")}
          value={input.email}
          onChange={(email) => set({ email })}
          type="email"
          required
          maxLength={254}
        />
        <TextField
          label="Name"
          hint="They can correct it."
          wrong={wrong("name")}
          value={input.name}
          onChange={(name) => set({ name })}
          maxLength={200}
        />
        <RolesField
          value={input.roles}
          onChange={(roles) => set({ roles })}
          wrong={wrong("roles") ?? (input.roles.length ? null : "Choose one at least.")}
        />
        <FormFailure text={failure} />
        <div className="acts">
          <button type="submit" className="btn primary" disabled={busy || !input.roles.length}>
            {busy ? "Inviting…" : "Make the link"}
          </button>
          <button type="button" className="btn quiet" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
