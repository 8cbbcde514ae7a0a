"use client";
import Link from "next/link";
import { useState } from "react";
import { Time } from "@/components/ui/time";
import { VisibleText } from "@/components/ui/visible-text";
import { useToast } from "@/components/ui/toast";
import type { Review } from "@/lib/approvals/review";
import { messageOf } from "@/lib/client/api";
import { useLetAskAgain, useLift } from "@/lib/client/use-blocks";
import { DENY_WORDS, OUTCOME_WORDS } from "./words";

/** How it ended, what the agent does next, and what is left to do. */
export function Outcome({ review, wasOpen }: { review: Review; wasOpen: boolean }) {
  const { approval, decided_by } = review;
  const { decision } = approval;
  if (!decision) return null;
  const byMe = review.you.decided;
  return (
    <section className={`card state ${approval.status === "approved" ? "yes" : "no"}`} aria-live="polite">
      <div className="sec">
        <b>
          {title(approval.status, decision.by, byMe ? "You" : (decided_by ?? "Somebody"))}, <Time iso={decision.at} />
        </b>
        {decision.deny_reason || decision.comment ? (
          <p>
            {decision.deny_reason ? DENY_WORDS[decision.deny_reason] : ""}
            {decision.deny_reason && decision.comment ? ": " : ""}
            {decision.comment ? (
              <>
                “<VisibleText text={decision.comment} />”
              </>
            ) : null}
          </p>
        ) : null}
        <p>
          {whatNow(review)}
          {wasOpen && !byMe && approval.status !== "approved" ? " You had it open; nothing of yours was sent." : ""}
        </p>
        <Block review={review} />
        <Remembered review={review} />
      </div>
      {approval.status === "expired" ? (
        <div className="sec muted">An answer sent now would change nothing: late answers are refused.</div>
      ) : null}
    </section>
  );
}

function title(status: string, by: string, person: string): string {
  if (status === "expired") return "Denied by silence";
  if (status === "cancelled") return "Withdrawn by the agent";
  if (by === "policy") return status === "approved" ? "Allowed by policy" : "Denied by policy";
  if (by === "silence") return "Denied, nobody could be asked";
  return `${person} ${status} this`;
}

function whatNow({ approval }: Review) {
  const { decision, agent, status } = approval;
  if (status === "approved") {
    return decision?.use_by ? (
      <>
        {agent.name} was told. It may do exactly this, once, until <Time iso={decision.use_by} style="minute" />.
      </>
    ) : (
      `${agent.name} was told and may do exactly this.`
    );
  }
  if (status === "cancelled") return "Nothing is to be decided any more.";
  const why = decision && decision.by !== "person" ? `${OUTCOME_WORDS[decision.reason] ?? ""} ` : "";
  return `${why}${agent.name} was told and must not do it.`;
}

/** A retry of the same call meets this end for a while: unless somebody lets it ask again. */
function Remembered({ review }: { review: Review }) {
  const { approval, memory } = review;
  const letAskAgain = useLetAskAgain();
  const say = useToast();
  const [busy, setBusy] = useState(false);
  if (!memory) return null;
  const lift = async () => {
    setBusy(true);
    try {
      await letAskAgain(approval.id);
      say(`${approval.agent.name} may ask for the same again.`);
    } catch (error) {
      say(messageOf(error), "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <p>
        {memory.kind === "denied" ? "The same call is denied by itself until " : "The same call goes to this level or above until "}
        <Time iso={memory.ends_at} style="minute" />.
      </p>
      {memory.may_lift ? (
        <p className="acts">
          <button type="button" className="btn small" disabled={busy} onClick={() => void lift()}>
            Let it ask again
          </button>
        </p>
      ) : null}
    </>
  );
}

function Block({ review }: { review: Review }) {
  const { approval, block } = review;
  const lift = useLift();
  const say = useToast();
  const [busy, setBusy] = useState(false);
  if (!block) return null;
  const liftIt = async () => {
    setBusy(true);
    try {
      await lift(block);
      say(`${approval.agent.name} may ask for ${approval.tool} again.`);
    } catch (error) {
      say(messageOf(error), "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <p>
        <span className="mono">{approval.tool}</span> is closed for {approval.agent.name} until <Time iso={block.ends_at} style="minute" />,
        or until somebody of the chain lifts it.
      </p>
      <p className="acts">
        {block.may_lift ? (
          <button type="button" className="btn small" disabled={busy} onClick={() => void liftIt()}>
            Lift the block
          </button>
        ) : (
          <Link className="btn small quiet" href="/blocks">
            All blocks
          </Link>
        )}
      </p>
    </>
  );
}
