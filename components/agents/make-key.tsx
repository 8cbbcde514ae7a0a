"use client";
import { useState } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog } from "@/components/ui/dialog";
import { FormFailure } from "@/components/ui/form-failure";
import type { Grant } from "@/lib/catalog/grants";
import type { Agent } from "@/lib/catalog/schema";
import { useAgentChanges } from "@/lib/client/use-agents";
import { useForm } from "@/lib/client/use-form";
import { tryLine } from "./try-line";

/** Makes a key and shows it, once. The dialog does not close by accident while the key is in it. */
export function MakeKey({ agent, grants, api, onClose }: { agent: Agent; grants: Grant[]; api: string; onClose: () => void }) {
  const [key, setKey] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const { makeKey } = useAgentChanges();
  const { busy, failure, send } = useForm();
  const make = () => send(async () => setKey((await makeKey(agent.id)).key));
  if (key === null) {
    return (
      <Dialog title={`Make a key for ${agent.name}`} open onClose={onClose}>
        <div className="form">
          <p className="note">
            <b>Whoever makes the key is on the requester’s side:</b> you will not be able to decide what {agent.name} asks with it. If you
            are to decide, let somebody else make it.
          </p>
          <FormFailure text={failure} />
          <div className="acts">
            <button type="button" className="btn primary" disabled={busy} onClick={() => void make()}>
              {busy ? "Making it…" : "Make the key"}
            </button>
            <button type="button" className="btn quiet" onClick={onClose}>
              Cancel
            </button>
          </div>
        </div>
      </Dialog>
    );
  }
  const line = tryLine(api, key, grants);
  return (
    <Dialog title="The key, shown once" open onClose={() => setLeaving(true)} typing>
      <div className="form">
        <p>Keep it where the agent finds its secrets. It is stored nowhere here: whoever loses it makes another.</p>
        <div className="once mono">{key}</div>
        <div className="acts">
          <CopyButton text={key} label="Copy the key" className="btn small primary" />
        </div>
        <div className="group">
          <span className="label">Try it</span>
          <pre className="code sunken" tabIndex={0} role="region" aria-label="A line that tries the key">
            {line}
          </pre>
          <small>It shows up in the inbox the moment it asks.</small>
        </div>
        <div className="acts">
          <CopyButton text={line} label="Copy the line" />
          <span className="sp" />
          <button type="button" className="btn small" onClick={onClose}>
            {leaving ? "Yes, close it" : "I have kept it"}
          </button>
        </div>
        <p className="wrong" role="status">
          {leaving ? "The key is not shown again. Did you copy it?" : ""}
        </p>
      </div>
    </Dialog>
  );
}
