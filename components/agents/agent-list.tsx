"use client";
import Link from "next/link";
import { useState } from "react";
import { Failure } from "@/components/ui/failure";
import { VisibleText } from "@/components/ui/visible-text";
import type { Agent } from "@/lib/catalog/schema";
import { useAgents } from "@/lib/client/use-agents";
import type { Named } from "./named";
import { RegisterAgent } from "./register-agent";

/** The agents this person may see, and for admins the way to register one. */
export function AgentList({ initial, changes, owners, me }: { initial: Agent[]; changes: boolean; owners: Named[]; me: string }) {
  const { data: agents, error, refetch } = useAgents(initial);
  const [registering, setRegistering] = useState(false);
  const register = (
    <button type="button" className="btn small primary" onClick={() => setRegistering(true)}>
      Register an agent…
    </button>
  );
  return (
    <>
      <div className="crumb">
        <h1>Agents</h1>
        <span className="muted">{agents.length || null}</span>
        <span className="sp" />
        {changes && agents.length ? register : null}
      </div>
      <section className="card">
        {error ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : agents.length ? (
          <AgentTable agents={agents} me={me} />
        ) : (
          <div className="empty">
            <b>{changes ? "No agent is registered yet" : "No agent of yours"}</b>
            <p className="empty-text">
              An agent is a program that acts for you: it calls tools with a key of its own. Registered here, it has an owner who answers
              for it, a sentence that says what it is for, and the tools it was granted. Whatever else it asks is denied.
            </p>
            {changes ? (
              <>
                {register}
                <span>
                  or try it with the example agent: <code className="mono">npm run demo</code>
                </span>
              </>
            ) : (
              <span>You see the agents you own. An admin registers them.</span>
            )}
          </div>
        )}
      </section>
      {registering ? <RegisterAgent owners={owners} me={me} onClose={() => setRegistering(false)} /> : null}
    </>
  );
}

function AgentTable({ agents, me }: { agents: Agent[]; me: string }) {
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Agent</th>
          <th className="hide">Owner</th>
          <th className="n">Tools</th>
          <th className="n">Keys</th>
        </tr>
      </thead>
      <tbody>
        {agents.map((agent) => (
          <tr key={agent.id}>
            <td>
              <Link className="row-link" href={`/agents/${agent.id}`}>
                {agent.name}
              </Link>{" "}
              {agent.status === "disabled" ? <span className="flag">disabled</span> : null}
              <br />
              <span className="muted">
                <VisibleText text={agent.responsibility} />
              </span>
              <span className="only-phone muted"> · {agent.owner_name}</span>
            </td>
            <td className="hide">
              {agent.owner_name} {agent.owner_id === me ? <span className="flag you">you</span> : null}
            </td>
            <td className="n">{agent.grants}</td>
            <td className="n">{agent.keys || <span className="flag">none</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
