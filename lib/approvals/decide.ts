import type { SignedIn } from "@/lib/people/schema";
import {
  alreadyTerminal,
  alreadyVoted,
  confirmMismatch,
  expired,
  inTrial,
  isChange,
  notAsked,
  notFound,
  onRequesterSide,
  signedOut,
  staleDecision,
  stepUpRequired,
} from "./problems";
import type { DecisionInput } from "./schema";
import { decisions, type DecideAnswer, type DecideItem } from "./store";
import { USE_WITHIN_SECONDS } from "./terms";
import { wakeWaiters } from "./wait";
import type { RequestRow } from "./row";

const REFUSALS = {
  not_found: notFound,
  is_change: isChange,
  signed_out: signedOut,
  expired,
  already_terminal: alreadyTerminal,
  stale: staleDecision,
  requester: onRequesterSide,
  not_asked: notAsked,
  step_up_required: stepUpRequired,
  confirm_mismatch: confirmMismatch,
  in_trial: inTrial,
  already_voted: alreadyVoted,
} satisfies Record<NonNullable<DecideAnswer["refusal"]>, unknown>;

/**
 * A person decides. Everything that matters is checked in the SQL function `decide`, under the row's lock, before the
 * clock is read: entitlement, requester closure, version, deadline, the decisive values and the step-up of high risk.
 * @param version  the content version the person read (`If-Match`)
 * @returns the request as it is now
 * @throws the problem that says why nothing was decided
 */
export async function decide(person: SignedIn, id: string, version: number, input: DecisionInput): Promise<RequestRow> {
  const answer = await decisions.submit(person.tenant, decisionItem(person, id, version, input));
  refuse(answer);
  if (!answer.request) throw notFound();
  // Whoever waits in this process need not hear it from the database first.
  wakeWaiters(answer.request);
  return answer.request;
}

/** What the SQL function `decide` is told. */
export function decisionItem(person: SignedIn, id: string, version: number, input: DecisionInput): DecideItem {
  const approve = input.verdict === "approve";
  return {
    request_id: id,
    person_id: person.personId,
    session_hash: `\\x${person.sessionHash.toString("hex")}`,
    content_version: version,
    digest: `\\x${input.digest}`,
    verdict: input.verdict,
    comment: input.comment || null,
    deny_reason: input.reason ?? null,
    validity: approve ? (input.validity ?? "once") : null,
    confirm: input.confirm ?? {},
    use_within: approve ? USE_WITHIN_SECONDS : null,
  };
}

/** @throws the problem that says why nothing was decided */
export function refuse(answer: Pick<DecideAnswer, "refusal" | "state" | "detail">): void {
  if (!answer.refusal) return;
  const state = answer.state ? { state: answer.state } : {};
  const errors = answer.refusal === "confirm_mismatch" ? { errors: pointersOf(answer.detail) } : {};
  throw REFUSALS[answer.refusal]({ ...state, ...errors });
}

const pointersOf = (detail: string | null) =>
  (detail ?? "").split(" ").map((pointer) => ({ pointer: `/confirm${pointer}`, detail: "is missing, or is not the value in the request" }));
