import { RISKS, type Action, type Impact, type Reversibility, type Risk } from "./terms";

/** Requirement A2's grid: impact down, reversibility across. */
const GRID: Record<Impact, Record<Reversibility, Risk>> = {
  record: { reversible: "low", effort: "medium", irreversible: "medium" },
  records: { reversible: "medium", effort: "medium", irreversible: "high" },
  tenant: { reversible: "medium", effort: "high", irreversible: "high" },
  tenants: { reversible: "high", effort: "high", irreversible: "high" },
  external: { reversible: "medium", effort: "high", irreversible: "high" },
};

interface Classified {
  action: Action;
  impact: Impact;
  reversibility: Reversibility;
}

/** What the two axes give: a delete is never below high, a read of one or many records is low. */
export function derivedRisk({ action, impact, reversibility }: Classified): Risk {
  if (action === "delete") return "high";
  if (action === "read" && (impact === "record" || impact === "records")) return "low";
  return GRID[impact][reversibility];
}

/** A tool is high until a written justification accepts what its axes give, or sets it apart from them. */
export function catalogRisk(tool: Classified & { justification?: string | null | undefined; risk?: Risk | undefined }): Risk {
  return tool.justification ? (tool.risk ?? derivedRisk(tool)) : "high";
}

/** Is a risk that somebody wrote lower than the axes give? */
export const lowersRisk = (tool: Classified & { risk: Risk }): boolean => RISKS.indexOf(tool.risk) < RISKS.indexOf(derivedRisk(tool));

export const higherRisk = (a: Risk, b: Risk): Risk => (RISKS.indexOf(a) >= RISKS.indexOf(b) ? a : b);

/** One step up; high stays high. */
export const raisedRisk = (risk: Risk): Risk => (risk === "low" ? "medium" : "high");
