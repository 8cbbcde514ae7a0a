"use client";
import { useState } from "react";
import { RiskBadge } from "@/components/approvals/risk-badge";
import { Confirm } from "@/components/ui/confirm";
import { VisibleText } from "@/components/ui/visible-text";
import { callOf } from "@/lib/catalog/call";
import type { Grant } from "@/lib/catalog/grants";
import type { Agent } from "@/lib/catalog/schema";
import type { Risk } from "@/lib/catalog/terms";
import { useAgentChanges } from "@/lib/client/use-agents";
import { GrantTool } from "./grant-tool";

export interface GrantableTool {
  name: string;
  title: string | null;
  risk: Risk;
}

/** The tools it may use, and why. */
export function Grants({ agent, grants, tools, changes }: { agent: Agent; grants: Grant[]; tools: GrantableTool[]; changes: boolean }) {
  const [granting, setGranting] = useState(false);
  const [revoking, setRevoking] = useState<Grant | null>(null);
  const { revokeGrant } = useAgentChanges();
  const grant = (
    <button type="button" className="btn small" onClick={() => setGranting(true)}>
      Grant a tool…
    </button>
  );
  return (
    <>
      {grants.length ? (
        <table className="rows">
          <thead>
            <tr>
              <th>Tool</th>
              <th>Risk</th>
              <th className="hide">Because</th>
              {changes ? (
                <th className="hide">
                  <span className="sr-only">Revoke</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {grants.map((each) => (
              <tr key={each.id}>
                <td>
                  <b>{each.title ? <VisibleText text={each.title} /> : each.tool}</b>
                  {each.title || each.path ? (
                    <>
                      <br />
                      <span className="mono muted">{callOf({ ...each, name: each.tool })}</span>
                    </>
                  ) : null}
                  <span className="only-phone muted">
                    <br />
                    <VisibleText text={each.justification} />
                    {changes ? (
                      <>
                        {" · "}
                        <button type="button" className="link" aria-label={`Revoke ${each.tool}…`} onClick={() => setRevoking(each)}>
                          Revoke…
                        </button>
                      </>
                    ) : null}
                  </span>
                </td>
                <td>
                  <RiskBadge risk={each.risk} />
                </td>
                <td className="hide">
                  <VisibleText text={each.justification} />
                </td>
                {changes ? (
                  <td className="n hide">
                    <button type="button" className="btn small quiet" aria-label={`Revoke ${each.tool}…`} onClick={() => setRevoking(each)}>
                      Revoke…
                    </button>
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <div className="empty">
          <b>It may use nothing yet</b>
          <span>Every tool it calls without a grant is denied, and recorded.</span>
          {changes ? grant : null}
        </div>
      )}
      {changes && grants.length ? <div className="sec foot">{grant}</div> : null}
      {granting ? (
        <GrantTool
          agent={agent}
          tools={tools.filter((tool) => !grants.some((each) => each.tool === tool.name))}
          onClose={() => setGranting(false)}
        />
      ) : null}
      {revoking ? (
        <Confirm title={`Revoke ${revoking.tool}?`} act="Revoke" onAct={() => revokeGrant(revoking.id)} onClose={() => setRevoking(null)}>
          <p>
            From then on every call of <b className="mono">{revoking.tool}</b> by {agent.name} is denied at once. It can be granted again,
            with a new reason.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}
