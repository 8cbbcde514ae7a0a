import { VisibleText } from "@/components/ui/visible-text";
import { Time } from "@/components/ui/time";
import type { Review } from "@/lib/approvals/review";
import { USE_WITHIN_SECONDS } from "@/lib/approvals/terms";
import { describeDuration } from "@/lib/platform/duration";
import { HeadingText } from "./heading-text";
import { PRIVILEGE, REACH, STATE_WORDS, UNDO } from "./words";

/** What the agent asks for beside what it holds. */
export function Scope({ review }: { review: Review }) {
  const { scope, decision } = review.approval;
  const isNew = scope.requested !== null && !scope.held.includes(scope.requested);
  return (
    <section className="sec">
      <h2 className="label">Scope</h2>
      <div className="scope">
        <span>
          asks <span className="mono">{scope.requested ?? "nothing it could be granted"}</span>
        </span>
        <span>
          holds <span className="mono">{scope.held.length ? scope.held.join(", ") : "nothing"}</span>
        </span>
        {decision ? null : (
          <span className="flag">
            {isNew ? "new to it · " : ""}one use, within {describeDuration(USE_WITHIN_SECONDS)} of approval
          </span>
        )}
      </div>
    </section>
  );
}

/** How far it reaches, whether it can be undone, what it does; the three axes; the rule that asks. */
export function BlastRadius({ review }: { review: Review }) {
  const { approval, tool, policy } = review;
  const { axes } = approval.risk;
  const reach = tool ? REACH[tool.impact] : { title: "Unknown", about: "not in the catalog" };
  const undo = tool ? UNDO[tool.reversibility] : { title: "Unknown", about: "not in the catalog" };
  const privilege = approval.action ? PRIVILEGE[approval.action] : { title: "Unknown", about: "not in the catalog" };
  return (
    <section className="sec">
      <h2 className="label">
        Blast radius{" "}
        <span>{tool?.justification ? <>the catalog says why: “{tool.justification}”</> : "by the catalog, nobody has justified less"}</span>
      </h2>
      <div className="blast">
        <Fact {...reach} bad={axes.blast_radius === 3} />
        <Fact {...undo} bad={axes.irreversibility >= 2} />
        <Fact {...privilege} bad={axes.privilege === 3} />
      </div>
      <div className="axes">
        <Axis name="Irreversibility" score={axes.irreversibility} />
        <Axis name="Blast radius" score={axes.blast_radius} />
        <Axis name="Privilege" score={axes.privilege} />
        <span>
          {policy.rule === null ? (
            "No rule lets it pass"
          ) : (
            <>
              Rule <b className="mono">{policy.rule}</b>
            </>
          )}
        </span>
      </div>
    </section>
  );
}

function Fact({ title, about, bad }: { title: string; about: string; bad: boolean }) {
  return (
    <div className={bad ? "bad" : ""}>
      <b>{title}</b>
      <small>{about}</small>
    </div>
  );
}

function Axis({ name, score }: { name: string; score: number }) {
  return (
    <span>
      {name}{" "}
      <span className="dots" role="img" aria-label={`${score} of 3`}>
        {"●".repeat(score)}
        <i>{"●".repeat(3 - score)}</i>
      </span>
    </span>
  );
}

/** The agent's own words: never taken for a fact, never rendered as anything but text. */
export function Reason({ review }: { review: Review }) {
  const { reason, trace_url } = review.approval;
  return (
    <section className="sec">
      <h2 className="label">
        Reason <span className="claimed">the agent’s words, not verified</span>
      </h2>
      <div className="claim">
        <VisibleText text={reason} />
        {trace_url === null ? null : (
          <>
            {"\n"}
            <a className="link mono" href={trace_url} rel="noopener noreferrer nofollow" target="_blank">
              <VisibleText text={trace_url} />
            </a>
          </>
        )}
      </div>
    </section>
  );
}

/** What the same session did just before, and how the like was decided. */
export function Before({ review }: { review: Review }) {
  const { session, similar, approval } = review;
  const like = similar.approved + similar.denied;
  return (
    <section className="sec">
      <h2 className="label">
        Just before, in this session{" "}
        <span>
          {session.calls.length ? `${session.calls.length} of ${session.count - 1} calls` : "its first call"}
          {like
            ? ` · ${like} like it in 30 days: ${similar.approved} approved, ${similar.denied} denied`
            : " · nobody decided one like it in 30 days"}
        </span>
      </h2>
      {session.calls.length ? (
        <table className="calls">
          <tbody>
            {session.calls.map((call) => (
              <tr key={call.id}>
                <td>
                  <Time iso={call.at} />
                </td>
                <td className="mono">
                  <HeadingText parts={call.heading} />
                </td>
                <td>{STATE_WORDS[call.status]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      <details>
        <summary className="muted">
          Raw request, digest{" "}
          <span className="mono">
            {approval.action_digest.slice(0, 4)}…{approval.action_digest.slice(-2)}
          </span>
        </summary>
        <pre className="code">
          <VisibleText
            text={JSON.stringify(
              {
                digest: approval.action_digest,
                tool: approval.tool,
                tool_version: approval.tool_version,
                arguments: approval.arguments,
                session_id: approval.session_id,
              },
              null,
              2,
            )}
          />
        </pre>
      </details>
    </section>
  );
}
