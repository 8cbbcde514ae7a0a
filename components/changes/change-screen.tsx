"use client";
import Link from "next/link";
import { useState } from "react";
import { FormFailure } from "@/components/ui/form-failure";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import type { Change } from "@/lib/changes/schema";
import { useChange, useChangeDecision } from "@/lib/client/use-changes";
import { useForm } from "@/lib/client/use-form";
import { listNames } from "@/lib/escalation/check";
import { Diff } from "./diff";
import { CHANGE_WORDS } from "./words";

/** One proposal: what would be different, why, who may approve it. */
export function ChangeScreen({ initial, me }: { initial: Change; me: string }) {
  const { data: change } = useChange(initial);
  const pending = change.status === "pending";
  return (
    <main className="page review">
      <div className="crumb">
        <Link className="link" href="/changes">
          Changes
        </Link>
        <span className="muted">
          {CHANGE_WORDS[change.status]}
          {pending ? (
            <>
              , until <Time iso={change.expires_at} style="minute" />
            </>
          ) : null}
        </span>
      </div>
      {change.decision ? (
        <section className={`card state ${change.status === "approved" ? "yes" : "no"}`} aria-live="polite">
          <div className="sec">
            <b>
              {change.status === "approved" ? "In force" : CHANGE_WORDS[change.status]}, by {change.decision.by},{" "}
              <Time iso={change.decision.at} />
            </b>
            {change.decision.comment ? <p>“{change.decision.comment}”</p> : null}
          </div>
        </section>
      ) : null}
      <article className="card">
        <section className="sec">
          <h1 className="title">
            {change.summary[0]}
            {change.summary.length > 1 ? `, and ${change.summary.length - 1} more` : ""}
          </h1>
          <p className="muted">
            {change.proposed_by.name} proposed it, <Time iso={change.created_at} style="minute" />: “{change.reason}”
          </p>
          {change.summary.length > 1 ? (
            <ol className="notes mt-2">
              {change.summary.map((line, i) => (
                <li key={i}>{line}</li>
              ))}
            </ol>
          ) : null}
        </section>
        {change.diff.map((touched) => (
          <Diff key={touched.object} {...touched} />
        ))}
      </article>
      {pending ? <Decide change={change} me={me} /> : null}
    </main>
  );
}

function Decide({ change, me }: { change: Change; me: string }) {
  const { decide, withdraw } = useChangeDecision();
  const { busy, failure, send } = useForm();
  const say = useToast();
  const [comment, setComment] = useState("");
  const answer = (verdict: "approve" | "deny") =>
    send(async () => {
      await decide(change, verdict, comment);
      say(verdict === "approve" ? "Approved: it is in force." : "Denied: nothing was changed.");
    });
  if (change.refusal !== null) {
    return (
      <section className="card sec mt-3">
        <p>
          {change.refusal === "requester"
            ? "You proposed this, so somebody else decides. "
            : "Only an admin who did not propose it decides. "}
          {change.asks.length
            ? `${listNames(change.asks)} may.`
            : "No second admin can sign in now: it ends by itself when its time is over."}
        </p>
        <FormFailure text={failure} />
        {change.proposed_by.id === me ? (
          <p className="acts mt-2">
            <button
              type="button"
              className="btn small"
              disabled={busy}
              onClick={() =>
                void send(async () => {
                  await withdraw(change.id);
                  say("Withdrawn: nothing was changed.");
                })
              }
            >
              Withdraw it
            </button>
          </p>
        ) : null}
      </section>
    );
  }
  return (
    <section className="card sec mt-3">
      <label className="ask">
        <span>A word to {change.proposed_by.name} (optional)</span>
        <input className="input" value={comment} maxLength={500} onChange={(event) => setComment(event.target.value)} />
      </label>
      <FormFailure text={failure} />
      <p className="acts mt-3">
        <button type="button" className="btn" disabled={busy} onClick={() => void answer("deny")}>
          Deny
        </button>
        <button type="button" className="btn primary" disabled={busy} onClick={() => void answer("approve")}>
          Approve: in force at once
        </button>
      </p>
    </section>
  );
}
