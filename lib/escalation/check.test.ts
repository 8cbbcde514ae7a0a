import { describe, expect, it } from "vitest";
import { checkChain, checkTimes, describeChain, listNames } from "./check";
import type { ChainPerson } from "./schema";

const TIMEOUT = { low: 300, medium: 900, high: 300 };
const person = (id: string, more: Partial<ChainPerson> = {}): [string, ChainPerson] => [
  id,
  { id, name: id, email: null, roles: ["approver"], status: "active", signs_in: true, devices: 1, ...more },
];
const PEOPLE = new Map([
  person("Kim"),
  person("Lee", { devices: 0 }),
  person("Mo", { devices: 0 }),
  person("Olga", { roles: ["owner", "admin"] }),
  person("Gone", { status: "disabled" }),
  person("Doll", { signs_in: false }),
  person("Sec", { roles: ["security_officer"] }),
]);
const check = (...levels: { people: string[]; escalate_after?: number }[]) => checkChain(levels, PEOPLE, TIMEOUT);
const error = (level: number, text: string) => ({ severity: "error", level, text });
const warning = (level: number, text: string) => ({ severity: "warning", level, text });

describe("a chain", () => {
  it("is fine with able people and times before the deadlines", () => {
    expect(check({ people: ["Kim"], escalate_after: 60 }, { people: ["Sec", "Kim"], escalate_after: 60 }, { people: ["Kim"] })).toEqual([]);
  });

  it.each<[string, string[], object[]]>([
    ["nobody", [], [error(1, "Level 1 names nobody.")]],
    ["somebody twice", ["Kim", "Kim"], [error(1, "Level 1 names somebody twice.")]],
    ["a stranger", ["Nobody"], [error(1, "Level 1 names somebody who does not exist.")]],
    ["who may not decide", ["Olga"], [error(1, "Olga is neither approver nor security officer.")]],
    ["who is disabled", ["Kim", "Gone"], [warning(1, "Gone is disabled and will not be asked.")]],
    ["who cannot sign in", ["Kim", "Doll"], [warning(1, "Doll cannot sign in.")]],
    ["one without a device", ["Lee"], [warning(1, "Lee has no device for pushes: at night nobody is woken.")]],
    ["several without a device", ["Lee", "Mo"], [warning(1, "Nobody here has a device for pushes: at night nobody is woken.")]],
  ])("says what is wrong with a level of %s", (_name, people, findings) => {
    expect(check({ people })).toEqual(expect.arrayContaining(findings));
    expect(check({ people }).filter(({ severity }) => severity === "error")).toEqual(
      findings.filter((each) => "severity" in each && each.severity === "error"),
    );
  });

  it("is refused when a level would be asked at or after a deadline", () => {
    expect(check({ people: ["Kim"], escalate_after: 299 }, { people: ["Kim"] })).toEqual([]);
    expect(check({ people: ["Kim"], escalate_after: 300 }, { people: ["Kim"] })).toEqual([
      error(2, "Level 2 would be asked after 5 min, but low risk is denied after 5 min, high risk is denied after 5 min."),
    ]);
    expect(
      checkTimes([{ people: [], escalate_after: 200 }, { people: [], escalate_after: 700 }, { people: [] }], TIMEOUT).map(
        ({ level, text }) => [level, text.includes("medium")],
      ),
    ).toEqual([[3, true]]);
  });

  it("must say when the next level is asked, and need not for the last", () => {
    expect(check({ people: ["Kim"] }, { people: ["Kim"] })).toEqual([error(1, "Level 1 does not say when level 2 is asked.")]);
    expect(check({ people: ["Kim"], escalate_after: 60 })).toEqual([
      warning(1, "The last level is asked until the deadline: its own time has no effect."),
    ]);
  });

  it("is said as a sentence", () => {
    const levels = [{ people: ["Kim", "Lee"], escalate_after: 90 }, { people: ["Sec"], escalate_after: 30 }, { people: ["Mo"] }];
    expect(describeChain(levels, (id) => id, TIMEOUT)).toBe(
      "Kim and Lee are asked at once, Sec after 90 s, Mo after 2 min. Unanswered, it is denied: after 5 min at high and low risk, after 15 min at medium risk.",
    );
  });
});

it("names are listed as people do", () => {
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listNames)).toEqual(["nobody", "a", "a and b", "a, b and c"]);
});
