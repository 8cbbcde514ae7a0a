"use client";
import Link from "next/link";
import { useState } from "react";
import { RiskBadge } from "@/components/approvals/risk-badge";
import { Failure } from "@/components/ui/failure";
import { Tabs } from "@/components/ui/tabs";
import { VisibleText } from "@/components/ui/visible-text";
import { callOf } from "@/lib/catalog/call";
import { derivedRisk } from "@/lib/catalog/risk";
import { useTools, type CatalogTool } from "@/lib/client/use-tools";
import { RiskMap } from "./risk-map";
import { ToolFacts } from "./tool-facts";
import { IMPACT_WORDS, UNDO_WORDS } from "./words";

/** The catalog: what each tool is, what it risks, and where all of them stand. */
export function ToolList({ initial, changes }: { initial: CatalogTool[]; changes: boolean }) {
  const { data: tools, error, refetch } = useTools(initial);
  const [tab, setTab] = useState<"all" | "open">("all");
  const [shown, setShown] = useState<CatalogTool | null>(null);
  const open = tools.filter((tool) => tool.justification === null);
  const add = (
    <Link className="btn small primary" href="/tools/new">
      Add a tool…
    </Link>
  );
  return (
    <>
      <div className="crumb">
        <h1>Tools</h1>
        <span className="muted">{tools.length || null}</span>
        <span className="sp" />
        {changes && tools.length ? add : null}
      </div>
      {error ? (
        <section className="card">
          <Failure error={error} retry={() => void refetch()} />
        </section>
      ) : tools.length ? (
        <div className="two">
          <section className="card">
            <Tabs
              label="Which tools"
              value={tab}
              onChange={setTab}
              tabs={[
                { value: "all", name: `All ${tools.length}` },
                { value: "open", name: "To justify", count: open.length },
              ]}
            >
              <ToolTable tools={tab === "all" ? tools : open} changes={changes} onShow={setShown} />
            </Tabs>
          </section>
          <RiskMap tools={tools} />
        </div>
      ) : (
        <section className="card">
          <div className="empty">
            <b>The catalog is empty</b>
            <p className="empty-text">
              A tool is one thing an agent may ask to do, such as “Refund an order”. Each says how far it reaches and whether it can be
              undone; its risk follows from that. A tool that is not here is denied.
            </p>
            {changes ? add : null}
            {changes ? (
              <span>
                or from a file: <code className="mono">npx licet apply -f licet.yaml</code>
              </span>
            ) : null}
          </div>
        </section>
      )}
      {shown ? <ToolFacts tool={shown} onClose={() => setShown(null)} /> : null}
    </>
  );
}

function ToolTable({ tools, changes, onShow }: { tools: CatalogTool[]; changes: boolean; onShow: (tool: CatalogTool) => void }) {
  if (!tools.length) {
    return (
      <div className="empty">
        <b>Every tool’s risk is justified</b>
      </div>
    );
  }
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Tool</th>
          <th>Risk</th>
          <th className="hide">Impact × undo</th>
          <th className="hide">Scope</th>
        </tr>
      </thead>
      <tbody>
        {tools.map((tool) => (
          <tr key={tool.id}>
            <td>
              <ToolName tool={tool} changes={changes} onShow={onShow} />
              {tool.title === null && tool.path === null ? null : (
                <>
                  <br />
                  <span className="mono muted">{callOf(tool)}</span>
                </>
              )}
              <span className="only-phone">
                <Why tool={tool} />
              </span>
            </td>
            <td>
              <RiskBadge risk={tool.risk} />
            </td>
            <td className="hide">
              {IMPACT_WORDS[tool.impact].short} × {UNDO_WORDS[tool.reversibility].short}
              <Why tool={tool} />
            </td>
            <td className="hide mono">{tool.scope}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Opens the tool: to change it, or to read all of it. */
function ToolName({ tool, changes, onShow }: { tool: CatalogTool; changes: boolean; onShow: (tool: CatalogTool) => void }) {
  const words = <VisibleText text={tool.title ?? tool.name} />;
  return changes ? (
    <Link className="row-link" href={editPath(tool)}>
      {words}
    </Link>
  ) : (
    <button type="button" className="row-link" onClick={() => onShow(tool)}>
      {words}
    </button>
  );
}

/** Why its risk is what it is: the words that justify it, or that they are missing. */
function Why({ tool }: { tool: CatalogTool }) {
  const would = derivedRisk(tool);
  return (
    <span className="why">
      {tool.justification !== null ? (
        <span className="muted">
          “<VisibleText text={tool.justification} />”
        </span>
      ) : (
        <span className="flag">{would === "high" ? "not justified" : `high until justified, then ${would}`}</span>
      )}
    </span>
  );
}

const editPath = ({ name }: { name: string }) => `/tools/edit?name=${encodeURIComponent(name)}`;
