import { problem } from "@/lib/platform/problem";

export const notFound = problem("not_found", 404, "There is no such request, or it is not yours to see.");
export const invalidRequest = problem("invalid_request", 422, "The request cannot be taken like this. Nothing was asked.");
export const idempotencyConflict = problem(
  "idempotency_conflict",
  422,
  "This Idempotency-Key was used with another body. Nothing was asked.",
);
export const keyRevoked = problem("unauthorized", 401, "The key is not known, was revoked or is too old.");
export const agentDisabled = problem("agent_disabled", 403, "This agent is disabled. Nothing was asked.");
export const rateLimited = problem("rate_limited", 429, "Over a limit for this agent. Nothing was asked; wait, then ask again.");
export const busy = problem("busy", 503, "The configuration changed while this was evaluated. Nothing was asked. Try again.");

export const signedOut = problem("unauthorized", 401, "You are signed out. Sign in and look at the request again; nothing was decided.");
export const expired = problem(
  "expired",
  409,
  "Nobody decided in time: it was denied by silence. Your answer came after that and changed nothing.",
);
export const alreadyTerminal = problem("already_terminal", 409, "It was decided before. Your answer changed nothing.");
export const staleDecision = problem("stale", 412, "The request changed since you read it. Nothing was decided. Read it again.");
export const isChange = problem("is_change", 409, "It is a change of configuration. Nothing was decided.");
export const onRequesterSide = problem(
  "requester",
  403,
  "You are on the requester's side: you own this agent or made its key. Nobody decides for themselves; nothing was decided.",
);
export const notAsked = problem("not_asked", 403, "You are not among the people asked so far. Nothing was decided.");
export const stepUpRequired = problem(
  "step_up_required",
  403,
  "High risk: enter your password for this request first. Nothing was decided.",
);
export const confirmMismatch = problem(
  "confirm_mismatch",
  422,
  "High risk: a decisive value is missing or is not the one in the request. Nothing was decided.",
);
export const inTrial = problem(
  "in_trial",
  409,
  "The agent is in trial: nothing that writes is released, whoever approves it. Deny it, or promote the agent first. Nothing was decided.",
);
export const alreadyVoted = problem(
  "already_voted",
  409,
  "You have approved it already. Several people must, and each counts once; nothing was changed.",
);
export const lastLevel = problem("last_level", 409, "There is no further level that could be asked. Nothing was changed.");
export const alreadyLifted = problem("already_lifted", 409, "The block was lifted before, or has ended.");
