"use client";
import Link from "next/link";
import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { FormFailure } from "@/components/ui/form-failure";
import { SelectField } from "@/components/ui/select-field";
import { TextField } from "@/components/ui/text-field";
import type { Agent } from "@/lib/catalog/schema";
import { matchesPattern } from "@/lib/catalog/pattern";
import { useAgentChanges } from "@/lib/client/use-agents";
import { useForm } from "@/lib/client/use-form";
import type { GrantableTool } from "./grants";

/** Grants one tool, and asks why. */
export function GrantTool({ agent, tools, onClose }: { agent: Agent; tools: GrantableTool[]; onClose: () => void }) {
  const [tool, setTool] = useState("");
  const [justification, setJustification] = useState("");
  const { grant } = useAgentChanges();
  const { busy, wrong, failure, send } = useForm();
  const hit = agent.out_of_scope.find((pattern) => matchesPattern(pattern, tool));
  const submit = async () => {
    if (await send(async () => void (await grant({ agent: agent.name, tool, justification })))) onClose();
  };
  return (
    <Dialog title={`Grant ${agent.name} a tool`} open onClose={onClose} typing>
      {tools.length ? (
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <SelectField
            label="Tool"
            hint="One tool, no wildcards. What it costs to use it the policy says, by its risk."
            wrong={wrong("tool") ?? (hit ? `${agent.name} must never be granted ${hit}: it is out of its scope.` : null)}
            value={tool}
            options={tools.map(({ name, risk }) => ({ value: name, name: `${name} (${risk} risk)` }))}
            onChange={setTool}
            required
          />
          <TextField
            label="Because"
            hint="Why it needs this tool for its responsibility."
            wrong={wrong("justification")}
            value={justification}
            onChange={setJustification}
            required
            maxLength={500}
          />
          <FormFailure text={failure} />
          <div className="acts">
            <button type="submit" className="btn primary" disabled={busy || hit !== undefined}>
              {busy ? "Granting…" : "Grant"}
            </button>
            <button type="button" className="btn quiet" onClick={onClose}>
              Cancel
            </button>
          </div>
        </form>
      ) : (
        <div className="empty">
          <b>There is no further tool to grant</b>
          <Link className="btn small" href="/tools/new">
            Add a tool…
          </Link>
        </div>
      )}
    </Dialog>
  );
}
