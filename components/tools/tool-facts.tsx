"use client";
import { RiskBadge } from "@/components/approvals/risk-badge";
import { Dialog } from "@/components/ui/dialog";
import { VisibleText } from "@/components/ui/visible-text";
import { callOf } from "@/lib/catalog/call";
import type { CatalogTool } from "@/lib/client/use-tools";
import { ACTION_WORDS, IMPACT_WORDS, UNDO_WORDS } from "./words";

/** All that the catalog says about one tool, for those who read it. */
export function ToolFacts({ tool, onClose }: { tool: CatalogTool; onClose: () => void }) {
  return (
    <Dialog title={tool.name} open onClose={onClose}>
      <div className="form">
        <dl className="facts">
          <dt>Version</dt>
          <dd>{tool.version}</dd>
          <dt>Risk</dt>
          <dd>
            <RiskBadge risk={tool.risk} />
          </dd>
          <dt>Because</dt>
          <dd>{tool.justification === null ? "not justified" : <VisibleText text={tool.justification} />}</dd>
          <dt>Shown as</dt>
          <dd>
            <VisibleText text={tool.title ?? tool.name} />
          </dd>
          <dt>Does</dt>
          <dd>{ACTION_WORDS[tool.action]}</dd>
          <dt>Reaches</dt>
          <dd>{IMPACT_WORDS[tool.impact].long}</dd>
          <dt>Undo</dt>
          <dd>{UNDO_WORDS[tool.reversibility].long}</dd>
          <dt>Call</dt>
          <dd className="mono">{callOf(tool)}</dd>
          <dt>Scope</dt>
          <dd className="mono">{tool.scope}</dd>
          <dt>To confirm</dt>
          <dd className="mono">{tool.decisive.join(", ") || "what fills in the path"}</dd>
          <dt>Shown first</dt>
          <dd className="mono">{tool.sensitive.join(", ") || "nothing"}</dd>
        </dl>
        <div className="group">
          <span className="label">Arguments</span>
          {tool.arguments === null ? (
            <span className="muted">Nothing is declared: any arguments are taken.</span>
          ) : (
            <pre className="code sunken" tabIndex={0} role="region" aria-label="Arguments, JSON Schema">
              {JSON.stringify(tool.arguments, null, 2)}
            </pre>
          )}
        </div>
      </div>
    </Dialog>
  );
}
