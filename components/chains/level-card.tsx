"use client";
import { clockText } from "@/components/approvals/words";
import type { Finding } from "@/lib/escalation/check";
import type { ChainPerson } from "@/lib/escalation/schema";
import { describeDuration } from "@/lib/platform/duration";
import { AddPerson } from "./add-person";
import type { DraftLevel } from "./draft";
import { PersonChip } from "./person-chip";

/** What an editor may do with a level; null where the chain can only be read. */
export interface LevelActs {
  add: (id: string) => void;
  remove: (id: string) => void;
  time: (text: string) => void;
  /** Null at the ends, and where it is the only one. */
  earlier: (() => void) | null;
  later: (() => void) | null;
  drop: (() => void) | null;
}

/** One level: who is asked, when the next is, and what is wrong with it. */
export function LevelCard({
  number,
  of,
  level,
  asked,
  seconds,
  people,
  findings,
  acts,
}: {
  number: number;
  of: number;
  level: DraftLevel;
  /** Seconds until it is asked. */
  asked: number;
  /** As typed; until the next level is asked. */
  seconds: string;
  people: ChainPerson[];
  findings: Finding[];
  acts: LevelActs | null;
}) {
  const last = number === of;
  const title = `level-${level.key}`;
  return (
    <section className="card level" aria-labelledby={title}>
      <header>
        <h2 id={title}>
          <span className="sr-only">Level </span>
          {number} <em>{number === 1 ? "at once" : clockText(asked * 1000)}</em>
        </h2>
        {acts ? <Places number={number} level={level} acts={acts} /> : null}
      </header>
      <div>
        <div className="who">
          {level.people.map((id) => (
            <PersonChip
              key={id}
              person={people.find((person) => person.id === id)}
              level={number}
              onRemove={acts ? () => acts.remove(id) : null}
            />
          ))}
          {acts ? <AddPerson people={people} there={level.people} level={number} onAdd={acts.add} /> : null}
        </div>
        <div className="row">{number === 1 ? "any one decides" : `any one decides; ${earlierLevels(number)} still may`}</div>
        {last ? (
          <div className="row">is asked until the deadline</div>
        ) : acts ? (
          <label className="row">
            move on after
            <input
              className="field"
              inputMode="numeric"
              aria-label={`Seconds until level ${number + 1} is asked`}
              aria-invalid={findings.some((finding) => finding.severity === "error" && /seconds|say when/.test(finding.text)) || undefined}
              value={seconds}
              onChange={(event) => acts.time(event.target.value)}
            />
            s
          </label>
        ) : (
          <div className="row">moves on after {describeDuration(Number(seconds))}</div>
        )}
        <Notes level={level} people={people} findings={findings} />
      </div>
    </section>
  );
}

const earlierLevels = (number: number) => (number === 2 ? "level 1" : "levels 1 and 2");

function Places({ number, level, acts }: { number: number; level: DraftLevel; acts: LevelActs }) {
  return (
    <span className="places">
      {acts.earlier ? (
        <button type="button" id={`earlier-${level.key}`} aria-label={`Ask level ${number} earlier`} onClick={acts.earlier}>
          <span aria-hidden="true">‹</span>
        </button>
      ) : null}
      {acts.later ? (
        <button type="button" id={`later-${level.key}`} aria-label={`Ask level ${number} later`} onClick={acts.later}>
          <span aria-hidden="true">›</span>
        </button>
      ) : null}
      {acts.drop ? (
        <button type="button" aria-label={`Remove level ${number}`} onClick={acts.drop}>
          <span aria-hidden="true">✕</span>
        </button>
      ) : null}
    </span>
  );
}

/** Errors first; where there is nothing to say, what is good about it. */
function Notes({ level, people, findings }: { level: DraftLevel; people: ChainPerson[]; findings: Finding[] }) {
  const reached = people.filter((person) => level.people.includes(person.id) && person.devices > 0);
  return (
    <div className="notes" aria-live="polite">
      {[...findings]
        .sort((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"))
        .map((finding) => (
          <div key={finding.text} className={finding.severity === "error" ? "note bad" : "note"}>
            <span className="sr-only">{finding.severity === "error" ? "Problem: " : "Warning: "}</span>
            {finding.text}
          </div>
        ))}
      {findings.length || !reached.length ? null : (
        <div className="note ok">
          {reached.map((person) => `${person.name} has ${person.devices} ${person.devices === 1 ? "device" : "devices"}`).join(", ")} for
          pushes
        </div>
      )}
    </div>
  );
}
