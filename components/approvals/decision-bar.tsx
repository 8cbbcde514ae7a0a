"use client";
import { useEffect, useRef, useState } from "react";
import type { Review } from "@/lib/approvals/review";
import { DENY_REASONS, type DenyReason } from "@/lib/approvals/terms";
import { serverNow } from "@/lib/client/clock";
import { useShortcuts } from "@/lib/client/shortcuts";
import { sendVerdict, useDecision, type Verdict } from "@/lib/client/use-decision";
import { HOLD_MS, useHeld } from "@/lib/client/use-held";
import { ConfirmForm } from "./confirm-form";
import { DENY_WORDS, ACTION_NOUN } from "./words";

/**
 * Where a person decides: deny with one key, approve with one or, at high risk, by touching what matters and showing who
 * they are. A denial and a low-risk approval are held for five seconds; leaving the page sends the denial, never the approval.
 * @param deny  the page was opened to deny (from a push): the reasons are shown, nothing is sent by itself
 */
export function DecisionBar({ review, deny, onStep }: { review: Review; deny: boolean; onStep: (open: boolean) => void }) {
  const { approval, you } = review;
  const { sending, failure, forget, decide, escalate } = useDecision(approval);
  const [confirming, setConfirming] = useState(false);
  const [commenting, setCommenting] = useState(false);
  const held = useHeld<Verdict>(
    (verdict) => void decide(verdict),
    (verdict) => {
      if (verdict.verdict === "deny") void sendVerdict(approval, verdict, true).catch(() => {});
    },
  );
  const openedToDeny = useRef(deny);
  useEffect(() => {
    if (openedToDeny.current) held.pause({ verdict: "deny" });
    openedToDeny.current = false;
  }, [held]);
  const step = (open: boolean) => {
    setConfirming(open);
    onStep(open);
    forget();
  };

  const hold = (verdict: Verdict) => {
    forget();
    // Too late to hold anything back: it would come after the deadline.
    if (Date.parse(approval.expires_at) - serverNow() < 2 * HOLD_MS) void decide(verdict);
    else held.hold(verdict);
  };
  const denyNow = (reason?: DenyReason) => {
    const verdict: Verdict = {
      verdict: "deny",
      ...(reason ? { reason } : {}),
      ...(held.held?.comment ? { comment: held.held.comment } : {}),
    };
    held.drop();
    setCommenting(false);
    void decide(verdict);
  };
  const approve = () => {
    if (approval.risk.level === "high") step(true);
    else if (approval.risk.level === "low") hold({ verdict: "approve" });
    else void decide({ verdict: "approve" });
  };
  const back = () => {
    held.drop();
    setCommenting(false);
    step(false);
  };

  const mayApprove = !review.in_trial && (approval.risk.level !== "high" || you.has_password);
  const denying = held.held?.verdict === "deny";
  const idle = !held.held && !confirming && !sending;
  useShortcuts({
    d: denying ? () => denyNow() : idle || confirming ? () => (step(false), hold({ verdict: "deny" })) : undefined,
    a: idle && mayApprove ? approve : undefined,
    e: idle && you.may_escalate ? () => void escalate() : undefined,
    z: held.held ? back : undefined,
    Escape: held.held || confirming ? back : undefined,
    ...Object.fromEntries(DENY_REASONS.map((reason, index) => [String(index + 1), denying ? () => denyNow(reason) : undefined])),
  });

  const wrong = failure && failure.code !== "already_terminal" && failure.code !== "expired" ? failure.text : null;
  if (confirming) {
    return (
      <ConfirmForm
        review={review}
        sending={sending}
        wrong={wrong}
        onBack={back}
        onApprove={(entered) => void decide({ verdict: "approve", ...entered }).then((done) => done && onStep(false))}
      />
    );
  }
  if (denying) {
    return (
      <div className="decide step" role="group" aria-label="Denying">
        <div>
          <span className="acts chips">
            {DENY_REASONS.map((reason, index) => (
              <button type="button" className="chip" key={reason} onClick={() => denyNow(reason)}>
                {DENY_WORDS[reason]} <kbd>{index + 1}</kbd>
              </button>
            ))}
          </span>
          <input
            className="field comment"
            aria-label="Tell the agent why (it can read this)"
            placeholder="Tell the agent why…"
            maxLength={2000}
            onChange={(event) => {
              setCommenting(true);
              held.pause({ verdict: "deny", comment: event.target.value });
            }}
            onKeyDown={(event) => event.key === "Enter" && !event.nativeEvent.isComposing && denyNow()}
          />
          <button type="button" className="btn quiet" onClick={back}>
            Undo <kbd>Z</kbd>
          </button>
          <button type="button" className="btn deny" onClick={() => denyNow()}>
            <HeldText until={commenting ? null : held.until} waiting="Deny now" counting="Denied in" /> <kbd>D</kbd>
          </button>
        </div>
      </div>
    );
  }
  if (held.held) {
    return (
      <div className="decide step" role="group" aria-label="Approving">
        <div>
          <span className="sp" />
          <HeldText until={held.until} waiting="Approving" counting="Approved in" />
          <button type="button" className="btn" onClick={back}>
            Undo <kbd>Z</kbd>
          </button>
        </div>
      </div>
    );
  }
  return (
    <div className="decide" role="group" aria-label="Your decision">
      <div>
        {wrong ? (
          <p className="wrong" role="alert">
            {wrong}
          </p>
        ) : null}
        <button type="button" className="btn deny" disabled={sending} onClick={() => hold({ verdict: "deny" })}>
          Deny <kbd>D</kbd>
        </button>
        {you.may_escalate ? (
          <button type="button" className="btn quiet" disabled={sending} onClick={() => void escalate()}>
            Escalate <kbd>E</kbd>
          </button>
        ) : null}
        <span className="sp wide" />
        <ApproveHint review={review} />
        {mayApprove ? (
          <button type="button" className="btn primary" disabled={sending} onClick={approve}>
            <span>
              Approve
              {approval.action ? <span className="hide"> {ACTION_NOUN[approval.action]}</span> : null}
              {approval.risk.level === "high" ? "…" : ""}
            </span>
            <kbd>A</kbd>
          </button>
        ) : null}
      </div>
    </div>
  );
}

function ApproveHint({ review }: { review: Review }) {
  const { approval, you } = review;
  if (review.in_trial)
    return <small>This agent is in trial: nothing that writes is released. You can deny it; an admin promotes the agent.</small>;
  if (approval.risk.level !== "high") return null;
  if (!you.has_password) {
    return <small>High risk needs your password, and you sign in without one. You cannot approve this yet; you can deny it.</small>;
  }
  const names = approval.decisive.map((pointer) => pointer.slice(1));
  return (
    <small className="wide">
      {names.length ? (
        <>
          then confirm the {names.join(" and ")},<br />
        </>
      ) : null}
      then your password
    </small>
  );
}

/** Seconds until something held back happens. */
function HeldText({ until, waiting, counting }: { until: number | null; waiting: string; counting: string }) {
  const [left, setLeft] = useState(HOLD_MS);
  useEffect(() => {
    if (until === null) return;
    const timer = setInterval(() => setLeft(Math.max(0, until - Date.now())), 200);
    return () => clearInterval(timer);
  }, [until]);
  return <span>{until === null ? waiting : `${counting} ${Math.ceil(left / 1000)} s`}</span>;
}
