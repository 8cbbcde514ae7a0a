"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { flushSync } from "react-dom";
import { Failure } from "@/components/ui/failure";
import { FormFailure } from "@/components/ui/form-failure";
import { useToast } from "@/components/ui/toast";
import { useChainChanges, useChains, type ChainBook } from "@/lib/client/use-chains";
import { useForm } from "@/lib/client/use-form";
import { useLeaveGuard } from "@/lib/client/use-leave-guard";
import { describeChain, type Finding } from "@/lib/escalation/check";
import {
  addLevel,
  addPerson,
  findingsOf,
  isChanged,
  MOST,
  removeLevel,
  removePerson,
  setSeconds,
  swapWithNext,
  toDraft,
  toLevels,
  type Draft,
} from "./draft";
import { LevelCard } from "./level-card";
import { RemoveChain } from "./remove-chain";
import { Scale } from "./scale";

const LEAVE = "The chain is not published as it stands here. Leave it?";

/**
 * One chain: who is asked when. What is typed is a draft over the version in force; when somebody publishes another one
 * meanwhile the draft stays, and says so.
 */
export function ChainEditor({ name, initial, changes, usedBy }: { name: string; initial: ChainBook; changes: boolean; usedBy: string[] }) {
  const { data, error, refetch } = useChains(initial);
  const [edited, setEdited] = useState<Draft | null>(null);
  const { publish } = useChainChanges();
  const { busy, failure, send } = useForm();
  const router = useRouter();
  const toast = useToast();
  const chain = data.items.find((each) => each.name === name) ?? null;
  const draft = edited ?? toDraft(chain);
  const { people, timeout } = data;
  const known = new Map(people.map((person) => [person.id, person]));
  const levels = toLevels(draft);
  const findings = findingsOf(draft, known, timeout);
  const problems = findings.filter((finding) => finding.severity === "error").length;
  const changed = isChanged(draft, chain);
  const overtaken = edited !== null && edited.base !== (chain?.version ?? 0);
  useLeaveGuard(edited !== null && changed, LEAVE);

  const submit = async () => {
    // Somebody may have published since this was read: then this person sees that first.
    const fresh = await refetch();
    const now = fresh.data?.items.find((each) => each.name === name)?.version ?? 0;
    if (fresh.data && now !== draft.base) return;
    await send(async () => {
      const { version } = await publish({ name, levels });
      setEdited(null);
      toast(`${name} is published as version ${version}.`);
      if (!chain) router.replace(`/chains/${name}`);
    });
  };
  const move = (place: number, by: -1 | 1) => {
    const level = draft.levels[place];
    flushSync(() => setEdited(swapWithNext(draft, by === 1 ? place : place - 1)));
    // The keyboard stays with the level that moved; at an end only the other button is left.
    const [way, other] = by === 1 ? ["later", "earlier"] : ["earlier", "later"];
    (document.getElementById(`${way}-${level?.key}`) ?? document.getElementById(`${other}-${level?.key}`))?.focus();
  };

  if (error) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <>
      <div className="crumb">
        <Link href="/chains">‹ Chains</Link>
        <h1>{name}</h1>
        <span className="muted hide">{[chain ? `version ${chain.version}` : "new, not published", ...usedBy].join(" · ")}</span>
        <span className="sp" />
        {changes && chain && name !== "default" ? (
          <RemoveChain
            chain={chain}
            onRemoved={() => {
              setEdited(null);
              router.push("/chains");
            }}
          />
        ) : null}
        {changes && edited && changed ? (
          <button type="button" className="btn small quiet" onClick={() => setEdited(null)}>
            Start over
          </button>
        ) : null}
        {changes ? (
          <button
            type="button"
            className="btn small primary"
            disabled={busy || problems > 0 || !changed || overtaken}
            onClick={() => void submit()}
          >
            {busy
              ? "Publishing…"
              : problems
                ? `Publish: ${problems} ${problems === 1 ? "problem" : "problems"}`
                : changed
                  ? "Publish"
                  : "Published"}
          </button>
        ) : null}
      </div>
      {overtaken ? (
        <p className="note overtaken" role="alert">
          <b>{chain ? `Somebody published version ${chain.version} while you edited.` : "Somebody removed this chain while you edited."}</b>{" "}
          Your draft is kept.{" "}
          <button type="button" className="link" onClick={() => setEdited(null)}>
            See theirs
          </button>{" "}
          or{" "}
          <button type="button" className="link" onClick={() => setEdited({ ...draft, base: chain?.version ?? 0 })}>
            keep yours
          </button>
          , to publish it over theirs.
        </p>
      ) : null}
      <FormFailure text={failure} />
      <section className="card">
        <div className="sec">
          <p className="says">{describeChain(levels, (id) => known.get(id)?.name ?? "somebody unknown", timeout)}</p>
        </div>
        <div className="sec">
          <div className="label">
            To scale <span>the deadlines are the policy’s</span>
          </div>
          <Scale levels={levels} timeout={timeout} />
        </div>
      </section>
      <div className="levels">
        {draft.levels.map((level, place) => (
          <LevelCard
            key={level.key}
            number={place + 1}
            of={draft.levels.length}
            level={level}
            asked={levels.slice(0, place).reduce((sum, each) => sum + (each.escalate_after ?? 0), 0)}
            seconds={draft.seconds[place] ?? ""}
            people={people}
            findings={ofLevel(findings, place + 1)}
            acts={
              changes
                ? {
                    add: (id) => setEdited(addPerson(draft, place, id)),
                    remove: (id) => setEdited(removePerson(draft, place, id)),
                    time: (text) => setEdited(setSeconds(draft, place, text)),
                    earlier: place > 0 ? () => move(place, -1) : null,
                    later: place < draft.levels.length - 1 ? () => move(place, 1) : null,
                    drop: draft.levels.length > 1 ? () => setEdited(removeLevel(draft, place)) : null,
                  }
                : null
            }
          />
        ))}
        {changes && draft.levels.length < MOST ? (
          <button type="button" className="add-level" onClick={() => setEdited(addLevel(draft))}>
            Add a level
          </button>
        ) : null}
      </div>
      <p className="chain-end">
        <span aria-hidden="true">■ </span>Then denied. The tool is blocked for this agent until somebody lifts it or an hour has passed, and
        the agent is told why. <span className="muted">Always last.</span>
      </p>
      {changes ? (
        <p className="muted chain-foot">
          Requests that wait keep the version they were asked under; who was taken out cannot decide them any more.
        </p>
      ) : null}
    </>
  );
}

const ofLevel = (findings: Finding[], level: number) => findings.filter((finding) => finding.level === level);
