"use client";
import Link from "next/link";
import { useState } from "react";
import { Confirm } from "@/components/ui/confirm";
import { Failure } from "@/components/ui/failure";
import { Tabs } from "@/components/ui/tabs";
import { useToast } from "@/components/ui/toast";
import type { Agent } from "@/lib/catalog/schema";
import { useAgent, useAgentChanges, type AgentDetail } from "@/lib/client/use-agents";
import { AgentAbout } from "./agent-about";
import { AgentKeys } from "./agent-keys";
import { Calls } from "./calls";
import { CannotDecide } from "./cannot-decide";
import { EditAgent } from "./edit-agent";
import { Grants, type GrantableTool } from "./grants";
import type { Named } from "./named";
import { BackOnTrial, Trial } from "./stage";
import type { AgentTab } from "./tabs";

/** One agent: what it is for, what it may use, its keys, what it asked. */
export function AgentScreen({
  initial,
  tab: first,
  changes,
  me,
  owners,
  makers,
  tools,
  deciders,
  api,
}: {
  initial: AgentDetail;
  tab: AgentTab;
  /** False: may read, but not change. */
  changes: boolean;
  me: Named;
  /** Who may own it. */
  owners: Named[];
  /** Who made its keys. */
  makers: Named[];
  tools: GrantableTool[];
  /** Everybody a chain names who is able to decide. */
  deciders: string[];
  /** The API's address, for the line that tries a key. */
  api: string;
}) {
  const { data, error, refetch } = useAgent(initial);
  const [tab, setTab] = useState(first);
  const { agent, grants, keys } = data;
  const live = keys.filter((key) => key.revoked_at === null);
  const show = (next: AgentTab) => {
    setTab(next);
    window.history.replaceState(null, "", next === "tools" ? `/agents/${agent.id}` : `/agents/${agent.id}?tab=${next}`);
  };
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <>
      <div className="crumb">
        <Link href="/agents">‹ Agents</Link>
        <h1>{agent.name}</h1>
        {agent.status === "disabled" ? <span className="flag">disabled</span> : null}
        {agent.stage === "trial" ? <span className="flag">trial</span> : null}
        <span className="sp" />
        {changes ? <Controls agent={agent} owners={owners} /> : null}
      </div>
      <AgentAbout agent={agent} me={me.id} />
      {agent.stage === "trial" ? <Trial agent={agent} changes={changes} /> : null}
      <CannotDecide agent={agent} keys={live} me={me.id} changes={changes} deciders={deciders} />
      <section className="card">
        <Tabs
          label={`Parts of ${agent.name}`}
          value={tab}
          onChange={show}
          tabs={[
            { value: "tools", name: "May use", count: grants.length },
            { value: "keys", name: "Keys", count: live.length },
            { value: "calls", name: "Calls" },
          ]}
        >
          {tab === "tools" ? <Grants agent={agent} grants={grants} tools={tools} changes={changes} /> : null}
          {tab === "keys" ? (
            <AgentKeys agent={agent} keys={keys} names={[...makers, me]} changes={changes} api={api} grants={grants} />
          ) : null}
          {tab === "calls" ? <Calls agent={agent} /> : null}
        </Tabs>
      </section>
    </>
  );
}

function Controls({ agent, owners }: { agent: Agent; owners: Named[] }) {
  const [open, setOpen] = useState<"edit" | "disable" | "trial" | null>(null);
  const { update } = useAgentChanges();
  const toast = useToast();
  const close = () => setOpen(null);
  const enable = () =>
    update(agent.id, { status: "active" }).then(
      () => toast(`${agent.name} may ask again.`),
      (error: Error) => toast(error.message, "bad"),
    );
  return (
    <span className="acts">
      <button type="button" className="btn small" onClick={() => setOpen("edit")}>
        Edit…
      </button>
      {agent.stage === "production" ? (
        <button type="button" className="btn small" onClick={() => setOpen("trial")}>
          Back on trial…
        </button>
      ) : null}
      {agent.status === "active" ? (
        <button type="button" className="btn small" onClick={() => setOpen("disable")}>
          Disable…
        </button>
      ) : (
        <button type="button" className="btn small" onClick={() => void enable()}>
          Enable
        </button>
      )}
      {open === "edit" ? <EditAgent agent={agent} owners={owners} onClose={close} /> : null}
      {open === "trial" ? <BackOnTrial agent={agent} onClose={close} /> : null}
      {open === "disable" ? (
        <Confirm title={`Disable ${agent.name}?`} act="Disable" onAct={() => update(agent.id, { status: "disabled" })} onClose={close}>
          <p>
            From then on it cannot ask for anything. Its grants and keys stay as they are and count again when it is enabled. What it asked
            before still waits for a decision.
          </p>
        </Confirm>
      ) : null}
    </span>
  );
}
