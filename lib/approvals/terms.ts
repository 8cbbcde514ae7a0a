/** The words of a request's life, without a parser: safe and small in the browser. */
export const STATES = ["pending", "approved", "denied", "expired", "cancelled"] as const;
export type State = (typeof STATES)[number];

export const DENY_REASONS = ["wrong_target", "not_needed", "too_broad", "malicious", "other"] as const;
export type DenyReason = (typeof DENY_REASONS)[number];

/** An approval may be used for ten minutes. */
export const USE_WITHIN_SECONDS = 600;

/** Requests of one agent that may wait for people, where a policy does not say. */
export const MOST_PENDING = 200;

/** Reason codes an agent reads with a terminal request, and whether asking again makes sense. */
export const ASK_AGAIN: Record<string, "no" | "later" | "changed"> = {
  person: "no",
  withdrawn: "no",
  policy: "changed",
  unknown_tool: "changed",
  not_granted: "changed",
  no_chain: "changed",
  no_quorum: "changed",
  in_trial: "changed",
  out_of_scope: "changed",
  no_approver: "changed",
  blocked: "later",
  silence: "later",
  denied_before: "later",
  too_many_pending: "later",
  reason_required: "changed",
};
