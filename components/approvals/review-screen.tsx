"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import { VisibleText } from "@/components/ui/visible-text";
import type { Review } from "@/lib/approvals/review";
import { useLostAt } from "@/lib/client/live";
import { useShortcuts } from "@/lib/client/shortcuts";
import { useWaiting } from "@/lib/client/use-inbox";
import { useReview } from "@/lib/client/use-review";
import { Arguments } from "./arguments";
import { AskedPeople } from "./asked-people";
import { Countdown } from "./countdown";
import { DecisionBar } from "./decision-bar";
import { Before, BlastRadius, Reason, Scope } from "./facts";
import { HeadingText } from "./heading-text";
import { KeysHelp } from "./keys-help";
import { Life } from "./life";
import { AskedBefore, TriedRules } from "./tried-rules";
import { Outcome } from "./outcome";
import { RiskBadge } from "./risk-badge";
import { STATE_WORDS } from "./words";

interface Me {
  id: string;
  name: string;
  admin: boolean;
}

/** One request on one screen: what would happen, how far it reaches, who asks and why, and the decision. */
export function ReviewScreen({ initial, me, deny }: { initial: Review; me: Me; deny: boolean }) {
  const { data: latest } = useReview(initial);
  const [shown, setShown] = useState(initial);
  const [confirming, setConfirming] = useState(false);
  const changed = latest.approval.content_version !== shown.approval.content_version;
  // What a person reads does not change under their eyes: a new version waits until they say so. All else is news.
  const review = changed ? shown : latest;
  const { approval } = review;
  const pending = latest.approval.status === "pending";
  const wasOpen = initial.approval.status === "pending";
  useEscalationNews(latest);
  const lostAt = useLostAt();
  return (
    <main className={confirming && pending ? "page review dim" : "page review"}>
      <TopLine review={latest} />
      {changed ? (
        <Changed
          onRead={() => {
            setShown(latest);
            window.scrollTo({ top: 0 });
          }}
        />
      ) : null}
      {pending ? null : <Outcome review={latest} wasOpen={wasOpen} />}
      <div className="two review-body">
        <article className={confirming ? "card facing" : "card"}>
          <Head review={review} />
          <AskedBefore review={review} />
          <Arguments review={review} />
          <Scope review={review} />
          <BlastRadius review={review} />
          <Reason review={review} />
          <Before review={review} />
        </article>
        <aside className="card">
          <WhoAsks review={review} />
          <AskedPeople review={review} me={me.id} />
          <section className="sec">
            <h2 className="label">Policy</h2>
            <dl className="facts tight">
              <dt>Version</dt>
              <dd>
                v{review.policy.version}
                {review.policy.position === null ? ", no rule lets it pass" : `, rule ${review.policy.position} of ${review.policy.rules}`}
              </dd>
              <dt>Needs</dt>
              <dd>{approval.risk.level === "high" ? "1 person, the decisive value, password" : "1 person"}</dd>
            </dl>
            <TriedRules review={review} />
          </section>
          <Life review={latest} />
        </aside>
      </div>
      {pending && review.quorum ? (
        <p className="note" role="status">
          {votesText(review)}
        </p>
      ) : null}
      {pending && !changed && lostAt === null ? (
        review.you.refusal === null ? (
          <DecisionBar key={approval.content_version} review={review} deny={deny} onStep={setConfirming} />
        ) : (
          <NotYours review={review} me={me} />
        )
      ) : null}
      {pending && lostAt !== null ? (
        <div className="decide">
          <div>
            <span>
              <b>▲ No connection.</b> Deciding needs one; nothing is sent later by itself.
            </span>
          </div>
        </div>
      ) : null}
    </main>
  );
}

/** Where one is among what waits, and the clock. */
function TopLine({ review }: { review: Review }) {
  const { approval } = review;
  const router = useRouter();
  const { data: waiting = [] } = useWaiting();
  const at = waiting.findIndex((item) => item.id === approval.id);
  const pending = approval.status === "pending";
  const next = at < 0 ? waiting[0] : waiting[at + 1];
  const previous = at > 0 ? waiting[at - 1] : undefined;
  const go = (item: { id: string } | undefined) => (item ? () => router.push(`/approvals/${item.id}`) : undefined);
  useShortcuts({ j: go(next), k: go(previous), u: () => router.push("/inbox") });
  return (
    <div className="crumb">
      <Link href="/inbox">‹ Inbox</Link>
      {at >= 0 && waiting.length > 1 ? (
        <span className="hide">
          {at + 1} of {waiting.length}
        </span>
      ) : null}
      <KeysHelp />
      {pending ? <Countdown approval={approval} now={review.now} /> : <span className="sp" />}
      {!pending && next ? (
        <Link className="btn small" href={`/approvals/${next.id}`}>
          Next request <kbd>J</kbd>
        </Link>
      ) : null}
    </div>
  );
}

function Head({ review }: { review: Review }) {
  const { approval, heading } = review;
  return (
    <div className="review-head">
      <div className="line">
        <RiskBadge risk={approval.risk.level} long />
        <span className="muted">
          <span className="mono">
            <VisibleText text={approval.tool} />
          </span>
          {approval.tool_version === null ? ", not in the catalog" : ` v${approval.tool_version}`}
          {approval.status === "pending" ? "" : ` · ${STATE_WORDS[approval.status]}`}
        </span>
      </div>
      <h1>
        <HeadingText parts={heading} />
      </h1>
      {review.not_inspectable.length ? <p className="note bad">Not everything in it can be inspected: risk was raised one step.</p> : null}
    </div>
  );
}

function WhoAsks({ review }: { review: Review }) {
  const { approval, owner } = review;
  return (
    <section className="sec">
      <h2 className="label">Who asks</h2>
      <dl className="facts tight">
        <dt>Agent</dt>
        <dd>
          <Link className="link" href={`/agents/${approval.agent.id}`}>
            {approval.agent.name}
          </Link>
        </dd>
        <dt>Owner</dt>
        <dd>
          {owner.name} <span className="muted">cannot decide this</span>
        </dd>
        <dt>Session</dt>
        <dd className="mono">
          <VisibleText text={approval.session_id} />
        </dd>
        <dt>Asked</dt>
        <dd>
          <Time iso={approval.created_at} />
        </dd>
      </dl>
    </section>
  );
}

function Changed({ onRead }: { onRead: () => void }) {
  return (
    <section className="card state warn" role="alert">
      <div className="sec">
        <b>Changed since you opened it</b>
        <p>The request is not the one you read. Nothing of yours was sent, and earlier answers do not count for it.</p>
        <p className="acts">
          <button type="button" className="btn small" onClick={onRead}>
            Read it from the top
          </button>
        </p>
      </div>
    </section>
  );
}

/** "1 of 2 people have approved: Ana." */
function votesText({ quorum }: Review): string {
  if (!quorum) return "";
  const { needed, votes } = quorum;
  const names = votes.map(({ name }) => name).join(", ");
  const wanted =
    typeof needed === "number"
      ? `${needed} people`
      : Object.entries(needed)
          .map(([role, count]) => `${count} ${role.replace("_", " ")}${count === 1 ? "" : "s"}`)
          .join(" and ");
  return `It takes ${wanted} to approve this. ${votes.length ? `Approved so far by ${names}.` : "Nobody has approved it yet."}`;
}

/** Why this person cannot decide it, and what to do about that. */
function NotYours({ review, me }: { review: Review; me: Me }) {
  const { refusal } = review.you;
  return (
    <div className="decide">
      <div>
        {refusal === "requester" ? (
          <>
            <span>
              <b>You cannot decide this.</b> {review.owner.id === me.id ? "You own this agent" : "You made this agent’s key"}, and nobody
              decides for themselves. Somebody else of the chain must, or it denies itself.
            </span>
            <span className="sp" />
            {me.admin ? (
              <Link className="btn" href="/people">
                Invite a second person
              </Link>
            ) : (
              <span className="muted">Ask an admin to invite a second person.</span>
            )}
          </>
        ) : refusal === "already_voted" ? (
          <span>
            <b>You have approved this.</b> {votesText(review)} Until then nothing happens, and anybody asked may still deny it.
          </span>
        ) : refusal === "role" ? (
          <span>
            <b>You may read this, not decide it.</b> Deciding takes the role approver or security officer and a place in its chain.
          </span>
        ) : (
          <span>
            <b>You are not asked yet.</b> The people it waits for are shown beside it.
          </span>
        )}
      </div>
    </div>
  );
}

/** Says when it went one level up while one reads. */
function useEscalationNews({ approval }: Review): void {
  const say = useToast();
  const level = approval.level?.number ?? null;
  const of = approval.level?.of ?? level;
  const seen = useRef(level);
  useEffect(() => {
    if (level !== null && seen.current !== null && level > seen.current) say(`Level ${level} of ${of} is asked now, too.`);
    seen.current = level;
  }, [level, of, say]);
}
