"use client";
import { SelectField } from "@/components/ui/select-field";
import { entriesOf, TextField } from "@/components/ui/text-field";
import type { Named } from "./named";

/** What a person writes about an agent, besides its name. */
export interface AgentText {
  owner: string;
  responsibility: string;
  outOfScope: string;
}

export const agentInput = ({ owner, responsibility, outOfScope }: AgentText) => ({
  owner,
  responsibility,
  out_of_scope: entriesOf(outOfScope),
});

export function AgentFields({
  owners,
  text,
  onChange,
  wrong,
}: {
  owners: Named[];
  text: AgentText;
  onChange: (change: Partial<AgentText>) => void;
  wrong: (field: string) => string | null;
}) {
  return (
    <>
      <SelectField
        label="Owner"
        hint="Answers for it, and never decides its requests."
        wrong={wrong("owner")}
        value={text.owner}
        options={owners.map(({ id, name }) => ({ value: id, name }))}
        onChange={(owner) => onChange({ owner })}
        required
      />
      <TextField
        label="Responsibility"
        hint="One sentence: what it is for. Approvers read it beside each request."
        wrong={wrong("responsibility")}
        value={text.responsibility}
        onChange={(responsibility) => onChange({ responsibility })}
        lines={2}
        required
        maxLength={500}
      />
      <TextField
        label="Out of scope"
        hint="Tools it must never be granted, one a line; * stands for anything: payments.*"
        wrong={wrong("out_of_scope")}
        value={text.outOfScope}
        onChange={(outOfScope) => onChange({ outOfScope })}
        lines={2}
        mono
      />
    </>
  );
}
