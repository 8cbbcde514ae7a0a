import { higherRisk, raisedRisk } from "@/lib/catalog/risk";
import type { Tool } from "@/lib/catalog/schema";
import type { Action, Impact, Reversibility, Risk } from "@/lib/catalog/terms";

/** Each axis from 0 to 3 (requirement C1). */
export interface Axes {
  irreversibility: number;
  blast_radius: number;
  privilege: number;
}

interface Scored {
  action: Action;
  impact: Impact;
  reversibility: Reversibility;
  justification: string | null;
}

export function scoreAxes(tool: Scored): Axes {
  return { irreversibility: irreversibility(tool), blast_radius: blastRadius(tool), privilege: privilege(tool) };
}

function irreversibility({ action, reversibility }: Scored): number {
  if (reversibility === "irreversible") return action === "delete" ? 3 : 2;
  return reversibility === "effort" ? 1 : 0;
}

function blastRadius({ action, impact, justification }: Scored): number {
  if (impact === "record" || (impact === "records" && action === "read" && justification)) return 1;
  return impact === "tenants" ? 3 : 2;
}

function privilege({ action, impact }: Scored): number {
  if (impact === "tenants") return 3;
  return { read: 0, write: 1, invoke: 1, delete: 2 }[action];
}

const axisRisk = (axis: number): Risk => (axis >= 3 ? "high" : axis === 2 ? "medium" : "low");

/**
 * The risk of a call: the higher of the catalog's and the axes', one step up when something in it cannot be read.
 * @param unreadable  how many arguments nobody can inspect
 * @param raised  what the policy scores at least
 * @param unknown  added to the blast radius, because something about it could not be found out
 */
export function scoreRisk(
  tool: Pick<Tool, "action" | "impact" | "reversibility" | "justification" | "risk">,
  unreadable: number,
  raised: Partial<Axes> = {},
  unknown = 0,
): { axes: Axes; risk: Risk } {
  const base = scoreAxes(tool);
  const axes = {
    irreversibility: Math.max(base.irreversibility, raised.irreversibility ?? 0),
    blast_radius: Math.min(3, Math.max(base.blast_radius, raised.blast_radius ?? 0) + unknown),
    privilege: Math.max(base.privilege, raised.privilege ?? 0),
  };
  const risk = higherRisk(tool.risk, axisRisk(Math.max(axes.irreversibility, axes.blast_radius, axes.privilege)));
  return { axes, risk: unreadable ? raisedRisk(risk) : risk };
}

/** A call of a tool nobody has classified: as bad as can be. */
export const UNKNOWN: { axes: Axes; risk: Risk } = { axes: { irreversibility: 3, blast_radius: 3, privilege: 3 }, risk: "high" };
