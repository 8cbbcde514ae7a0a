import { RiskBadge } from "@/components/approvals/risk-badge";
import { catalogRisk, derivedRisk } from "@/lib/catalog/risk";
import { Grid } from "./risk-map";
import type { ToolText } from "./tool-text";
import { IMPACT_WORDS, UNDO_WORDS } from "./words";

/** The risk that follows from what is in the form right now, and why. */
export function RiskPreview({ text }: { text: ToolText }) {
  const risk = catalogRisk({ ...text, justification: text.justification.trim() });
  return (
    <aside className="card stay" aria-label="Risk">
      <div className="sec" role="status">
        <h2 className="label">
          Its risk <span>derived, not chosen</span>
        </h2>
        <RiskBadge risk={risk} long />
        <p className="why-risk">{explain(text)}</p>
      </div>
      <div className="sec hide">
        <Grid
          content={({ impact, reversibility }) => (impact === text.impact && reversibility === text.reversibility ? "here" : "")}
          here={text}
        />
      </div>
    </aside>
  );
}

function explain(text: ToolText): string {
  const would = derivedRisk(text);
  if (!text.justification.trim()) {
    return would === "high"
      ? "Its place in the grid makes it high. It still counts as not justified until somebody says why that is right."
      : `High until somebody justifies it. Its place in the grid would make it ${would}.`;
  }
  if (text.action === "delete") return "A delete is never below high.";
  if (text.action === "read" && would === "low") return "A read of records is low, and somebody justified it.";
  return `${IMPACT_WORDS[text.impact].short} × ${UNDO_WORDS[text.reversibility].short} is ${would}, and somebody justified it.`;
}
