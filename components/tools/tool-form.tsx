"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { FormFailure } from "@/components/ui/form-failure";
import { SelectField } from "@/components/ui/select-field";
import { TextField } from "@/components/ui/text-field";
import { useToast } from "@/components/ui/toast";
import { VisibleText } from "@/components/ui/visible-text";
import { ACTIONS, IMPACTS, METHODS, REVERSIBILITIES } from "@/lib/catalog/terms";
import { useForm } from "@/lib/client/use-form";
import { useLeaveGuard } from "@/lib/client/use-leave-guard";
import { useToolChanges, type CatalogTool } from "@/lib/client/use-tools";
import { RemoveTool } from "./remove-tool";
import { RiskPreview } from "./risk-preview";
import { readSchema, toInput, toText } from "./tool-text";
import { ACTION_WORDS, IMPACT_WORDS, UNDO_WORDS } from "./words";

const LEAVE = "What you typed about this tool is not saved. Leave it?";

/** Registers a tool, or publishes the next version of one. Its risk is derived and shown while one types. */
export function ToolForm({ tool }: { tool: CatalogTool | null }) {
  const [text, setText] = useState(() => toText(tool));
  const [touched, setTouched] = useState(false);
  const [done, setDone] = useState(false);
  const { save } = useToolChanges();
  const { busy, wrong, failure, send } = useForm();
  const router = useRouter();
  const toast = useToast();
  useLeaveGuard(touched && !done, LEAVE);
  const set = (change: Partial<typeof text>) => {
    setText({ ...text, ...change });
    setTouched(true);
  };
  const { problem } = readSchema(text.schema);
  const submit = () =>
    send(async () => {
      const { name, version, changed } = await save(toInput(text, tool));
      setDone(true);
      toast(changed ? `${name} is version ${version}.` : "Nothing was different. Nothing was changed.");
      router.push("/tools");
    });
  return (
    <>
      <div className="crumb">
        <Link href="/tools">‹ Tools</Link>
        <h1>{tool ? <VisibleText text={tool.name} /> : "Add a tool"}</h1>
        {tool ? <span className="muted">version {tool.version}</span> : null}
        {tool ? (
          <>
            <span className="sp" />
            <RemoveTool
              name={tool.name}
              onRemoved={() => {
                setDone(true);
                router.push("/tools");
              }}
            />
          </>
        ) : null}
      </div>
      <div className="two">
        <form
          className="card"
          onSubmit={(event) => {
            event.preventDefault();
            if (problem === null) void submit();
          }}
        >
          <div className="sec form">
            {tool ? null : (
              <TextField
                label="Name"
                hint="What the agent calls it: orders.refund. It does not change later."
                wrong={wrong("name")}
                value={text.name}
                onChange={(name) => set({ name })}
                mono
                required
                maxLength={128}
              />
            )}
            <TextField
              label="Title"
              hint="What it does, for the people who decide. Braces name arguments: Refund {amount} EUR for order {id}"
              wrong={wrong("title")}
              value={text.title}
              onChange={(title) => set({ title })}
              maxLength={200}
            />
          </div>
          <fieldset className="sec form">
            <legend className="label">What it risks</legend>
            <div className="fields">
              <SelectField
                label="What it does"
                wrong={wrong("action")}
                value={text.action}
                options={ACTIONS.map((value) => ({ value, name: ACTION_WORDS[value] }))}
                onChange={(action) => set({ action })}
              />
              <SelectField
                label="How far it reaches"
                wrong={wrong("impact")}
                value={text.impact}
                options={IMPACTS.map((value) => ({ value, name: IMPACT_WORDS[value].long }))}
                onChange={(impact) => set({ impact })}
              />
              <SelectField
                label="Afterwards"
                wrong={wrong("reversibility")}
                value={text.reversibility}
                options={REVERSIBILITIES.map((value) => ({ value, name: UNDO_WORDS[value].long }))}
                onChange={(reversibility) => set({ reversibility })}
              />
            </div>
            <TextField
              label="Justification"
              hint="Why the risk that follows is right. Without it the tool stays high."
              wrong={wrong("justification")}
              value={text.justification}
              onChange={(justification) => set({ justification })}
              lines={2}
              maxLength={500}
            />
          </fieldset>
          <fieldset className="sec form">
            <legend className="label">The call</legend>
            <div className="fields call-fields">
              <SelectField
                label="Method"
                wrong={wrong("method")}
                value={text.method}
                options={[{ value: "none", name: "none" }, ...METHODS.map((value) => ({ value, name: value }))]}
                onChange={(method) => set({ method })}
              />
              <TextField
                label="Path"
                hint="/orders/{id}/refunds, filled in from the arguments"
                wrong={wrong("path")}
                value={text.path}
                onChange={(path) => set({ path })}
                mono
                maxLength={500}
              />
              <TextField
                label="Scope"
                hint="Empty: the name, with : for ."
                wrong={wrong("scope")}
                value={text.scope}
                onChange={(scope) => set({ scope })}
                mono
                maxLength={200}
              />
            </div>
            <TextField
              label="Arguments"
              hint="JSON Schema. Empty: any arguments are taken. What it does not name is refused."
              wrong={problem ?? wrong("arguments")}
              value={text.schema}
              onChange={(schema) => set({ schema })}
              lines={7}
              mono
              placeholder={'{"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}'}
            />
            <div className="fields halved">
              <TextField
                label="To confirm at high risk"
                hint="Arguments, one a line. Empty: what fills in the path."
                wrong={wrong("decisive")}
                value={text.decisive}
                onChange={(decisive) => set({ decisive })}
                lines={2}
                mono
              />
              <TextField
                label="Shown first"
                hint="Sensitive arguments, one a line."
                wrong={wrong("sensitive")}
                value={text.sensitive}
                onChange={(sensitive) => set({ sensitive })}
                lines={2}
                mono
              />
            </div>
          </fieldset>
          <div className="sec form">
            <FormFailure text={failure} />
            <div className="acts">
              <button type="submit" className="btn primary" disabled={busy || problem !== null}>
                {busy ? "Saving…" : tool ? `Save as version ${tool.version + 1}` : "Add the tool"}
              </button>
              <Link className="btn quiet" href="/tools">
                Cancel
              </Link>
              {tool ? <span className="muted">Requests that wait keep the version they were asked with.</span> : null}
            </div>
          </div>
        </form>
        <RiskPreview text={text} />
      </div>
    </>
  );
}
