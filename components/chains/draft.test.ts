import { describe, expect, it } from "vitest";
import { LEVEL_SECONDS, MOST_LEVELS, type Chain, type ChainPerson } from "@/lib/escalation/schema";
import {
  addLevel,
  addPerson,
  findingsOf,
  isChanged,
  MOST,
  readSeconds,
  removeLevel,
  setSeconds,
  swapWithNext,
  toDraft,
  toLevels,
} from "./draft";

const TIMEOUT = { low: 300, medium: 900, high: 300 };
const person = (id: string): ChainPerson => ({
  id,
  name: id,
  email: null,
  roles: ["approver"],
  status: "active",
  signs_in: true,
  devices: 1,
});
const people = new Map(["kim", "lee", "sam"].map((id) => [id, person(id)]));
const chain: Chain = {
  id: "c",
  name: "payments",
  version: 4,
  levels: [{ people: ["kim"], escalate_after: 60 }, { people: ["lee"], escalate_after: 120 }, { people: ["sam"] }],
};

describe("a chain in the editor", () => {
  it("publishes what it was read from when nothing was touched", () => {
    expect(toLevels(toDraft(chain))).toEqual(chain.levels);
    expect(isChanged(toDraft(chain), chain)).toBe(false);
  });

  it("keeps the times at their places when levels change places", () => {
    expect(toLevels(swapWithNext(toDraft(chain), 1))).toEqual([
      { people: ["kim"], escalate_after: 60 },
      { people: ["sam"], escalate_after: 120 },
      { people: ["lee"] },
    ]);
  });

  it("never publishes a time for the last level, also after the one behind it was removed", () => {
    expect(toLevels(removeLevel(toDraft(chain), 2))).toEqual([{ people: ["kim"], escalate_after: 60 }, { people: ["lee"] }]);
  });

  it("gives the former last level a time when one is added behind it", () => {
    const draft = addPerson(addLevel(toDraft({ ...chain, levels: [{ people: ["kim"] }] })), 1, "lee");
    expect(toLevels(draft)).toEqual([{ people: ["kim"], escalate_after: 90 }, { people: ["lee"] }]);
  });

  it.each(["", "0", "-5", "1.5", "90s", "2592001"])("takes %j for no time, says so once, and counts it as a change", (text) => {
    const draft = setSeconds(toDraft(chain), 0, text);
    const errors = findingsOf(draft, people, TIMEOUT).filter(({ severity }) => severity === "error");
    expect(errors).toHaveLength(1);
    expect(errors[0]?.level).toBe(1);
    expect(isChanged(draft, chain)).toBe(true);
  });

  it("says when a level would never be asked, because the deadline comes first", () => {
    const errors = findingsOf(setSeconds(toDraft(chain), 1, "240"), people, TIMEOUT).filter(({ severity }) => severity === "error");
    expect(errors.map(({ level }) => level)).toEqual([3]);
  });

  it("allows exactly the seconds and levels that the API allows", () => {
    expect(readSeconds(String(LEVEL_SECONDS.least))).toBe(LEVEL_SECONDS.least);
    expect(readSeconds(String(LEVEL_SECONDS.most))).toBe(LEVEL_SECONDS.most);
    expect(readSeconds(String(LEVEL_SECONDS.most + 1))).toBeNull();
    expect(MOST).toBe(MOST_LEVELS);
  });
});
