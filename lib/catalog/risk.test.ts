import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogRisk, derivedRisk, higherRisk, raisedRisk } from "./risk";
import { ACTIONS, IMPACTS, REVERSIBILITIES, RISKS, type Risk } from "./terms";

describe("the catalog's risk", () => {
  it("is requirement A2's grid", () => {
    const grid = IMPACTS.map((impact) => REVERSIBILITIES.map((reversibility) => derivedRisk({ action: "write", impact, reversibility })));
    expect(grid).toEqual([
      ["low", "medium", "medium"],
      ["medium", "medium", "high"],
      ["medium", "high", "high"],
      ["high", "high", "high"],
      ["medium", "high", "high"],
    ]);
  });

  const tool = fc.record({
    action: fc.constantFrom(...ACTIONS),
    impact: fc.constantFrom(...IMPACTS),
    reversibility: fc.constantFrom(...REVERSIBILITIES),
  });

  it("is never below high for a delete, low for a justified read of records, and high until somebody says why it is not", () => {
    fc.assert(
      fc.property(tool, (each) => {
        expect(derivedRisk({ ...each, action: "delete" })).toBe("high");
        expect(catalogRisk(each)).toBe("high");
        expect(catalogRisk({ ...each, justification: "" })).toBe("high");
        expect(catalogRisk({ ...each, justification: null })).toBe("high");
        expect(catalogRisk({ ...each, justification: "because" })).toBe(derivedRisk(each));
        if (each.action === "read" && ["record", "records"].includes(each.impact)) expect(derivedRisk(each)).toBe("low");
      }),
    );
  });

  it("never falls when a call is harder to take back", () => {
    const order = (risk: Risk) => RISKS.indexOf(risk);
    fc.assert(
      fc.property(tool, (each) => {
        const risks = REVERSIBILITIES.map((reversibility) => order(derivedRisk({ ...each, reversibility })));
        expect(risks).toEqual([...risks].sort());
      }),
    );
  });
});

it("the higher of two, and one step up", () => {
  expect(RISKS.map((a) => RISKS.map((b) => higherRisk(a, b)))).toEqual([
    ["low", "medium", "high"],
    ["medium", "medium", "high"],
    ["high", "high", "high"],
  ]);
  expect(RISKS.map(raisedRisk)).toEqual(["medium", "high", "high"]);
});
