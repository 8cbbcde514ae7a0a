import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogRisk } from "@/lib/catalog/risk";
import { ACTIONS, IMPACTS, REVERSIBILITIES, RISKS, type Risk } from "@/lib/catalog/terms";
import { scoreAxes, scoreRisk } from "./score";

const tool = fc
  .record({
    action: fc.constantFrom(...ACTIONS),
    impact: fc.constantFrom(...IMPACTS),
    reversibility: fc.constantFrom(...REVERSIBILITIES),
    justification: fc.constantFrom(null, "because"),
  })
  .map((each) => ({ ...each, risk: catalogRisk(each) }));

const axes = (
  action: (typeof ACTIONS)[number],
  impact: (typeof IMPACTS)[number],
  reversibility: (typeof REVERSIBILITIES)[number],
  justification: string | null = "because",
) => Object.values(scoreAxes({ action, impact, reversibility, justification }));

describe("the three axes (irreversibility, blast radius, privilege)", () => {
  it.each([
    [axes("read", "record", "reversible"), [0, 1, 0]],
    [axes("read", "records", "reversible"), [0, 1, 0]],
    [axes("read", "records", "reversible", null), [0, 2, 0]],
    [axes("read", "external", "reversible"), [0, 2, 0]],
    [axes("write", "record", "effort"), [1, 1, 1]],
    [axes("write", "records", "irreversible"), [2, 2, 1]],
    [axes("invoke", "tenant", "irreversible"), [2, 2, 1]],
    [axes("delete", "record", "reversible"), [0, 1, 2]],
    [axes("delete", "record", "irreversible"), [3, 1, 2]],
    [axes("read", "tenants", "reversible"), [0, 3, 3]],
  ])("%j are %j", (scored, expected) => {
    expect(scored).toEqual(expected);
  });
});

describe("the risk of a call", () => {
  const order = (risk: Risk) => RISKS.indexOf(risk);

  it("is never below the catalog's nor below any axis's, and one step up when something cannot be read", () => {
    fc.assert(
      fc.property(tool, fc.nat(3), (each, unreadable) => {
        const { axes: scored, risk } = scoreRisk(each, 0);
        const most = Math.max(...Object.values(scored));
        expect(order(risk)).toBe(Math.max(order(each.risk), most - 1));
        expect(order(scoreRisk(each, unreadable).risk)).toBe(unreadable ? Math.min(2, order(risk) + 1) : order(risk));
      }),
    );
  });

  it("is high wherever an axis is high", () => {
    fc.assert(
      fc.property(tool, (each) => {
        const { axes: scored, risk } = scoreRisk(each, 0);
        if (Object.values(scored).includes(3)) expect(risk).toBe("high");
      }),
    );
  });
});
