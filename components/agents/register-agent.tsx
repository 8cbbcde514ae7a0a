"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { FormFailure } from "@/components/ui/form-failure";
import { TextField } from "@/components/ui/text-field";
import { useAgentChanges } from "@/lib/client/use-agents";
import { useForm } from "@/lib/client/use-form";
import { AgentFields, agentInput } from "./agent-fields";
import type { Named } from "./named";

/** Registers an agent and goes to its page, where it is granted tools and given a key. */
export function RegisterAgent({ owners, me, onClose }: { owners: Named[]; me: string; onClose: () => void }) {
  const [name, setName] = useState("");
  const [text, setText] = useState({ owner: "", responsibility: "", outOfScope: "" });
  const { register } = useAgentChanges();
  const { busy, wrong, failure, send } = useForm();
  const router = useRouter();
  const submit = () =>
    send(async () => {
      const { id } = await register({ name, ...agentInput(text) });
      router.push(`/agents/${id}`);
    });
  return (
    <Dialog title="Register an agent" open onClose={onClose} typing>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          label="Name"
          hint="Lower-case letters, digits, dots, dashes: support-bot. It does not change later."
          wrong={wrong("name")}
          value={name}
          onChange={setName}
          mono
          required
          maxLength={63}
        />
        <AgentFields owners={owners} text={text} onChange={(change) => setText({ ...text, ...change })} wrong={wrong} />
        {text.owner === me ? (
          <p className="note">You will own it, so you cannot decide what it asks: that takes a second person, or another owner.</p>
        ) : null}
        <FormFailure text={failure} />
        <div className="acts">
          <button type="submit" className="btn primary" disabled={busy}>
            {busy ? "Registering…" : "Register"}
          </button>
          <button type="button" className="btn quiet" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
