import { derivedRisk } from "@/lib/catalog/risk";
import { IMPACTS, REVERSIBILITIES, type Impact, type Reversibility, type Risk } from "@/lib/catalog/terms";
import type { CatalogTool } from "@/lib/client/use-tools";
import { IMPACT_WORDS, UNDO_WORDS } from "./words";

const SHAPES: Record<Risk, string> = { high: "▲", medium: "◆", low: "●" };

interface Place {
  impact: Impact;
  reversibility: Reversibility;
}

/** How many tools stand where in the grid of impact and undo. */
export function RiskMap({ tools }: { tools: CatalogTool[] }) {
  return (
    <aside className="card" aria-label="Where the risk is">
      <div className="sec">
        <h2 className="label">
          Where the risk is <span>{tools.length} tools</span>
        </h2>
        <Grid
          content={(place) =>
            tools.filter((tool) => tool.impact === place.impact && tool.reversibility === place.reversibility).length || ""
          }
        />
        <p className="muted small-text">
          A delete is never below high, a read of records is low. Without a justification every tool is high.
        </p>
      </div>
    </aside>
  );
}

/** The grid that risk follows from. @param here  the place to point out */
export function Grid({ content, here }: { content: (place: Place) => number | string; here?: Place }) {
  return (
    <table className="map">
      <thead>
        <tr>
          <td />
          {REVERSIBILITIES.map((reversibility) => (
            <th key={reversibility} scope="col">
              {UNDO_WORDS[reversibility].map}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {IMPACTS.map((impact) => (
          <tr key={impact}>
            <th scope="row">{IMPACT_WORDS[impact].short}</th>
            {REVERSIBILITIES.map((reversibility) => {
              const risk = derivedRisk({ action: "write", impact, reversibility });
              const isHere = here?.impact === impact && here.reversibility === reversibility;
              return (
                <td key={reversibility} className={`${risk}${isHere ? " here" : ""}`}>
                  <span aria-hidden="true">{SHAPES[risk]}</span> <b>{content({ impact, reversibility })}</b>
                  <span className="sr-only">
                    {risk}
                    {isHere ? ", this tool" : ""}
                  </span>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
