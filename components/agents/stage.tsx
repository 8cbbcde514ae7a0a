"use client";
import { useState } from "react";
import { Confirm } from "@/components/ui/confirm";
import { Dialog } from "@/components/ui/dialog";
import { FormFailure } from "@/components/ui/form-failure";
import { TextField } from "@/components/ui/text-field";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import type { Agent } from "@/lib/catalog/schema";
import { useAgentChanges, useReadiness } from "@/lib/client/use-agents";
import { useForm } from "@/lib/client/use-form";

/** While an agent is on trial: what that means, what it still lacks, and the way to production. */
export function Trial({ agent, changes }: { agent: Agent; changes: boolean }) {
  const { data } = useReadiness(agent.id);
  const [promoting, setPromoting] = useState(false);
  const open = data?.checks.filter(({ missing }) => missing !== null).length;
  return (
    <section className="card" aria-labelledby="trial">
      <div className="sec form">
        <div className="acts">
          <h2 className="label" id="trial">
            On trial
          </h2>
          {data ? (
            <span className="muted">
              since <Time iso={data.since} style="day" />
            </span>
          ) : null}
          <span className="sp" />
          {changes && data ? (
            <button type="button" className="btn small" onClick={() => setPromoting(true)}>
              Promote…
            </button>
          ) : null}
        </div>
        <p>It may read what it is granted. Nothing that writes is released, whoever approves it.</p>
        {data ? (
          <ul className="checks">
            {data.checks.map(({ name, title, missing }) => (
              <li key={name}>
                {missing === null ? "✓ " : "○ "}
                {title}
                {missing === null ? <span className="muted"> met</span> : <span className="muted">: {missing}</span>}
              </li>
            ))}
          </ul>
        ) : (
          <p className="muted">Looking at what it lacks…</p>
        )}
      </div>
      {promoting && data ? <Promote agent={agent} checks={data.checks} open={open ?? 0} onClose={() => setPromoting(false)} /> : null}
    </section>
  );
}

interface Shown {
  name: string;
  title: string;
  reason: string;
  missing: string | null;
}

/** Promotes; what is not met needs a reason that somebody signs. */
function Promote({ agent, checks, open, onClose }: { agent: Agent; checks: Shown[]; open: number; onClose: () => void }) {
  const [reasons, setReasons] = useState<Record<string, string>>({});
  const { setStage } = useAgentChanges();
  const { busy, failure, send } = useForm();
  const toast = useToast();
  const missing = checks.filter((check) => check.missing !== null);
  const submit = async () => {
    const exceptions = missing.flatMap(({ name }) => (reasons[name]?.trim() ? [{ check: name, reason: reasons[name].trim() }] : []));
    if (!(await send(async () => void (await setStage(agent.id, "production", exceptions))))) return;
    toast(`${agent.name} is in production.`);
    onClose();
  };
  return (
    <Dialog title={`Promote ${agent.name} to production`} open onClose={onClose} typing={open > 0}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p>
          {open === 0
            ? "Everything on its readiness list is met. From then on policy and people decide what it may write."
            : "What is not met needs your reason. It is kept with your name."}
        </p>
        {missing.map(({ name, title, reason, missing: what }) => (
          <TextField
            key={name}
            label={title}
            hint={`${what ?? ""} ${reason}`}
            value={reasons[name] ?? ""}
            onChange={(text) => setReasons({ ...reasons, [name]: text })}
            maxLength={500}
            required
          />
        ))}
        <FormFailure text={failure} />
        <div className="acts">
          <button type="submit" className="btn primary" disabled={busy}>
            {busy ? "One moment…" : "Promote"}
          </button>
          <button type="button" className="btn quiet" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** One person, at once: it tightens. */
export function BackOnTrial({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const { setStage } = useAgentChanges();
  return (
    <Confirm title={`Put ${agent.name} back on trial?`} act="Back on trial" onAct={() => setStage(agent.id, "trial", [])} onClose={onClose}>
      <p>From then on it only reads. What waits for a decision can be denied, and not approved.</p>
    </Confirm>
  );
}
