import type { Chain, ChainInput, ChainPerson, LEVEL_SECONDS, MOST_LEVELS } from "@/lib/escalation/schema";
import { checkChain, type Finding } from "@/lib/escalation/check";
import type { Risk } from "@/lib/catalog/terms";

// The schema's own numbers: the types make them agree, and the browser is spared the parser that lives beside them.
const SECONDS: typeof LEVEL_SECONDS = { least: 1, most: 2_592_000 };
export const MOST: typeof MOST_LEVELS = 3;
const USUAL_SECONDS = "90";

/** A level as it stands in the editor: the time is text, as typed. */
export interface DraftLevel {
  /** Stays with the level when it moves. */
  key: number;
  people: string[];
}

/** A chain while it is edited. The times belong to the places, not to the levels: moving a level leaves them. */
export interface Draft {
  /** The version it started from; 0 for a new chain. */
  base: number;
  levels: DraftLevel[];
  /** Seconds after which the next place is asked, by place. */
  seconds: string[];
}

export const toDraft = (chain: Chain | null): Draft => ({
  base: chain?.version ?? 0,
  levels: (chain?.levels ?? [{ people: [] }]).map((level, key) => ({ key, people: level.people })),
  seconds: (chain?.levels ?? []).map((level) => (level.escalate_after === undefined ? "" : String(level.escalate_after))),
});

/** @returns null for what is not a whole number of seconds a level may take */
export function readSeconds(text: string): number | null {
  if (!/^\d{1,7}$/.test(text.trim())) return null;
  const seconds = Number(text);
  return seconds >= SECONDS.least && seconds <= SECONDS.most ? seconds : null;
}

/** What would be published. The last level has no time: it is asked until the deadline. */
export const toLevels = ({ levels, seconds }: Draft): ChainInput["levels"] =>
  levels.map(({ people }, place) => {
    const after = place === levels.length - 1 ? null : readSeconds(seconds[place] ?? "");
    return after === null ? { people } : { people, escalate_after: after };
  });

/** What stands against publishing it, and what is worth knowing. */
export function findingsOf(draft: Draft, people: Map<string, ChainPerson>, timeout: Record<Risk, number>): Finding[] {
  const unreadable = draft.seconds
    .slice(0, draft.levels.length - 1)
    .flatMap((text, place) => (text.trim() !== "" && readSeconds(text) === null ? [place + 1] : []));
  return [
    ...unreadable.map((level) => ({
      severity: "error" as const,
      level,
      text: "The time is a whole number of seconds, from 1 to 30 days.",
    })),
    // "Does not say when" would say the same once more.
    ...checkChain(toLevels(draft), people, timeout).filter(
      ({ level, text }) => !(level !== null && unreadable.includes(level) && text.includes("does not say when")),
    ),
  ];
}

export const addPerson = (draft: Draft, place: number, id: string) =>
  withPeople(draft, place, (people) => (people.includes(id) ? people : [...people, id]));

export const removePerson = (draft: Draft, place: number, id: string) =>
  withPeople(draft, place, (people) => people.filter((each) => each !== id));

const withPeople = (draft: Draft, place: number, change: (people: string[]) => string[]): Draft => ({
  ...draft,
  levels: draft.levels.map((level, i) => (i === place ? { ...level, people: change(level.people) } : level)),
});

export const setSeconds = (draft: Draft, place: number, text: string): Draft => ({
  ...draft,
  seconds: draft.levels.map((_, i) => (i === place ? text : (draft.seconds[i] ?? ""))),
});

export function addLevel(draft: Draft): Draft {
  const key = Math.max(...draft.levels.map((level) => level.key)) + 1;
  const last = draft.levels.length - 1;
  const timed = draft.seconds[last]?.trim() ? draft : setSeconds(draft, last, USUAL_SECONDS);
  return { ...timed, levels: [...draft.levels, { key, people: [] }] };
}

export const removeLevel = (draft: Draft, place: number): Draft => ({
  ...draft,
  levels: draft.levels.filter((_, i) => i !== place),
  seconds: draft.seconds.filter((_, i) => i !== place),
});

/** Two neighbours change places. @param place  the earlier of the two */
export function swapWithNext(draft: Draft, place: number): Draft {
  const [first, second] = [draft.levels[place], draft.levels[place + 1]];
  if (!first || !second) return draft;
  return { ...draft, levels: draft.levels.map((level, i) => (i === place ? second : i === place + 1 ? first : level)) };
}

/** Would publishing it change anything? */
export const isChanged = (draft: Draft, chain: Chain | null): boolean =>
  JSON.stringify(plain(toLevels(draft))) !== JSON.stringify(plain(chain?.levels ?? [])) ||
  draft.seconds.slice(0, draft.levels.length - 1).some((text) => readSeconds(text) === null);

const plain = (levels: ChainInput["levels"]) => levels.map((level) => [level.people, level.escalate_after ?? null]);
