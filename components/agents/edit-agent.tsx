"use client";
import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { FormFailure } from "@/components/ui/form-failure";
import { useToast } from "@/components/ui/toast";
import type { Agent } from "@/lib/catalog/schema";
import { useAgentChanges } from "@/lib/client/use-agents";
import { useForm } from "@/lib/client/use-form";
import { AgentFields, agentInput } from "./agent-fields";
import type { Named } from "./named";

/** Changes who answers for an agent, what it is for, and what it must never get. */
export function EditAgent({ agent, owners, onClose }: { agent: Agent; owners: Named[]; onClose: () => void }) {
  const [text, setText] = useState({
    owner: agent.owner_id,
    responsibility: agent.responsibility,
    outOfScope: agent.out_of_scope.join("\n"),
  });
  const { update } = useAgentChanges();
  const { busy, wrong, failure, send } = useForm();
  const toast = useToast();
  // An owner who was disabled since stays what is shown until another is chosen.
  const known = owners.some((owner) => owner.id === agent.owner_id);
  const choices = known ? owners : [{ id: agent.owner_id, name: `${agent.owner_name} (disabled)` }, ...owners];
  const submit = async () => {
    const { owner, ...rest } = agentInput(text);
    const done = await send(async () => void (await update(agent.id, owner === agent.owner_id ? rest : { owner, ...rest })));
    if (!done) return;
    toast(`${agent.name} is changed.`);
    onClose();
  };
  return (
    <Dialog title={`Edit ${agent.name}`} open onClose={onClose} typing>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <AgentFields owners={choices} text={text} onChange={(change) => setText({ ...text, ...change })} wrong={wrong} />
        <FormFailure text={failure} />
        <div className="acts">
          <button type="submit" className="btn primary" disabled={busy}>
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
