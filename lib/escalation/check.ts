import { describeDuration } from "@/lib/platform/duration";
import { DECIDING_ROLES, hasRole } from "@/lib/people/roles";
import { RISKS, type Risk } from "@/lib/catalog/terms";
import type { ChainInput, ChainPerson } from "./schema";

export interface Finding {
  /** An error cannot be published; a warning can. */
  severity: "error" | "warning";
  /** 1-based; null for the chain as a whole. */
  level: number | null;
  text: string;
}

/**
 * What is wrong with a chain, pure, so that the editor says it while one types and the server when one saves.
 * @param timeout  seconds until silence means no, by risk
 */
export function checkChain(levels: ChainInput["levels"], people: Map<string, ChainPerson>, timeout: Record<Risk, number>): Finding[] {
  return [...levels.flatMap((level, i) => checkPeople(level.people, i + 1, people)), ...checkTimes(levels, timeout)];
}

function checkPeople(ids: string[], level: number, people: Map<string, ChainPerson>): Finding[] {
  const findings: Finding[] = [];
  const error = (text: string) => findings.push({ severity: "error", level, text });
  const warning = (text: string) => findings.push({ severity: "warning", level, text });
  const known = ids.map((id) => people.get(id));
  if (!known.length) error(`Level ${level} names nobody.`);
  if (new Set(ids).size < ids.length) error(`Level ${level} names somebody twice.`);
  for (const person of known) {
    if (!person) error(`Level ${level} names somebody who does not exist.`);
    else if (!hasRole(person, ...DECIDING_ROLES)) error(`${person.name} is neither approver nor security officer.`);
    else if (person.status === "disabled") warning(`${person.name} is disabled and will not be asked.`);
    else if (!person.signs_in) warning(`${person.name} cannot sign in.`);
  }
  const able = known.filter((person) => person?.status === "active" && person.signs_in);
  if (able.length && able.every((person) => person?.devices === 0)) {
    warning(
      `${able.length === 1 ? `${able[0]?.name} has` : "Nobody here has"} ${able.length === 1 ? "no" : "a"} device for pushes: at night nobody is woken.`,
    );
  }
  return findings;
}

/** Every level must be asked before each deadline: one that never is would be a false promise. */
export function checkTimes(levels: ChainInput["levels"], timeout: Record<Risk, number>): Finding[] {
  const findings: Finding[] = [];
  let asked = 0;
  levels.forEach((level, index) => {
    const number = index + 1;
    const last = number === levels.length;
    const late = index > 0 ? RISKS.filter((risk) => asked >= timeout[risk]) : [];
    if (late.length) {
      const when = late.map((risk) => `${risk} risk is denied after ${describeDuration(timeout[risk])}`).join(", ");
      findings.push({
        severity: "error",
        level: number,
        text: `Level ${number} would be asked after ${describeDuration(asked)}, but ${when}.`,
      });
    }
    if (!last && level.escalate_after === undefined) {
      findings.push({ severity: "error", level: number, text: `Level ${number} does not say when level ${number + 1} is asked.` });
    }
    if (last && level.escalate_after !== undefined) {
      findings.push({
        severity: "warning",
        level: number,
        text: "The last level is asked until the deadline: its own time has no effect.",
      });
    }
    asked += level.escalate_after ?? 0;
  });
  return findings;
}

/** The chain as a sentence: who is asked when, and what silence does. */
export function describeChain(levels: ChainInput["levels"], nameOf: (id: string) => string, timeout: Record<Risk, number>): string {
  let asked = 0;
  const parts = levels.map((level, index) => {
    const who = listNames(level.people.map(nameOf));
    const when = index === 0 ? `${level.people.length > 1 ? "are" : "is"} asked at once` : `after ${describeDuration(asked)}`;
    asked += level.escalate_after ?? 0;
    return `${who} ${when}`;
  });
  const groups = new Map<number, Risk[]>();
  for (const risk of ["high", "medium", "low"] as const) groups.set(timeout[risk], [...(groups.get(timeout[risk]) ?? []), risk]);
  const denied = [...groups].map(([seconds, risks]) => `after ${describeDuration(seconds)} at ${listNames(risks)} risk`);
  return `${parts.join(", ")}. Unanswered, it is denied: ${denied.join(", ")}.`;
}

export function listNames(names: string[]): string {
  if (names.length <= 1) return names[0] ?? "nobody";
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
