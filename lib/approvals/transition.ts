import type { Risk } from "@/lib/catalog/terms";
import type { State } from "./terms";

/**
 * The specification of a request's life: a pure function from state, event and time to the next state and what has to be
 * told. The SQL functions (prisma/functions/) do the same under the row's lock; model tests hold the two together
 * (tests/guarantees/model.test.ts). Times are milliseconds of the database's clock.
 */
export type ApprovalRequest = Asked & (Pending | Approved | Denied | Expired | Cancelled);

interface Asked {
  digest: string;
  contentVersion: number;
  revision: number;
  risk: Risk;
  expiresAt: number;
  /** The agent's owner, who made its key: they never decide. */
  requesterSide: readonly string[];
  /** Levels that somebody is able to decide at, the requester's side left out, in order. */
  levels: readonly Level[];
  level: number;
}

export interface Level {
  number: number;
  people: readonly string[];
  /** Milliseconds until the next level is asked; null at the last. */
  moveAfter: number | null;
}

interface Pending {
  state: "pending";
  levelDueAt: number | null;
}
interface Decided<Verdict extends "approved" | "denied"> {
  state: Verdict;
  decidedBy: "person";
  person: string;
  decidedAt: number;
}
type Approved = Decided<"approved">;
type Denied = Decided<"denied">;
interface Expired {
  state: "expired";
  decidedBy: "silence";
  decidedAt: number;
}
interface Cancelled {
  state: "cancelled";
  decidedBy: "agent";
  decidedAt: number;
}

interface Decision {
  person: string;
  /** What the person read: version and digest. */
  version: number;
  digest: string;
}

export type ApprovalEvent =
  /** `confirmed`: every decisive value was entered right. `proved`: a step-up for this request and version is unspent. */
  | ({ type: "approve"; confirmed: boolean; proved: boolean } & Decision)
  | ({ type: "deny" } & Decision)
  /** Null: the scheduler, because the level's time is over. */
  | { type: "escalate"; person: string | null }
  | { type: "cancel" }
  | { type: "expire" };

export type Refusal =
  "expired" | "already_terminal" | "stale" | "requester" | "not_asked" | "confirm_mismatch" | "step_up_required" | "last_level" | "not_due";

export type Effect =
  /** The audit record of this revision. */
  | { type: "record"; event: "approval.approved" | "approval.denied" | "approval.expired" | "approval.cancelled" | "approval.escalated" }
  /** Pushes, once for each level. */
  | { type: "push"; level: number; people: readonly string[] }
  /** The last level was silent: the tool is closed for that agent. */
  | { type: "block" }
  | { type: "tell_security_officers" };

export type Transition = { next: ApprovalRequest; effects: Effect[] } | { refusal: Refusal };

export const isTerminal = (request: { state: State }) => request.state !== "pending";

/** What the event makes of the request at this moment; a refusal changes nothing. */
export function transition(request: ApprovalRequest, event: ApprovalEvent, now: number): Transition {
  if (request.state !== "pending")
    return withdrawnAgain(request, event) ?? refuse(request.state === "expired" ? "expired" : "already_terminal");
  // Silence means no, from the very moment of the deadline.
  if (now >= request.expiresAt && event.type !== "expire") return refuse("expired");
  switch (event.type) {
    case "approve":
    case "deny":
      return decide(request, event, now);
    case "escalate":
      return escalate(request, event.person, now);
    case "cancel":
      return end(request, { state: "cancelled", decidedBy: "agent", decidedAt: now }, []);
    case "expire":
      return now < request.expiresAt ? refuse("not_due") : expire(request, now);
  }
}

type PendingRequest = Asked & Pending;

const refuse = (refusal: Refusal): Transition => ({ refusal });

/** Cancelling twice is the same as once. */
const withdrawnAgain = (request: ApprovalRequest, event: ApprovalEvent): Transition | null =>
  request.state === "cancelled" && event.type === "cancel" ? { next: request, effects: [] } : null;

function decide(request: PendingRequest, event: Extract<ApprovalEvent, Decision>, now: number): Transition {
  if (event.version !== request.contentVersion || event.digest !== request.digest) return refuse("stale");
  const unentitled = entitlement(request, event.person);
  if (unentitled) return refuse(unentitled);
  if (event.type === "approve" && request.risk === "high") {
    if (!event.confirmed) return refuse("confirm_mismatch");
    if (!event.proved) return refuse("step_up_required");
  }
  const state = event.type === "approve" ? "approved" : "denied";
  return end(request, { state, decidedBy: "person", person: event.person, decidedAt: now }, []);
}

/** A level asked earlier may still decide; one not asked yet may not. */
function entitlement(request: PendingRequest, person: string): "requester" | "not_asked" | null {
  if (request.requesterSide.includes(person)) return "requester";
  return request.levels.some((level) => level.number <= request.level && level.people.includes(person)) ? null : "not_asked";
}

function escalate(request: PendingRequest, person: string | null, now: number): Transition {
  if (person === null && (request.levelDueAt === null || now < request.levelDueAt)) return refuse("not_due");
  const unentitled = person === null ? null : entitlement(request, person);
  if (unentitled) return refuse(unentitled);
  const up = levelAbove(request);
  if (!up) return refuse("last_level");
  const levelDueAt = up.moveAfter === null ? null : now + up.moveAfter;
  const next = { ...request, level: up.number, levelDueAt, revision: request.revision + 1 };
  return { next, effects: [{ type: "record", event: "approval.escalated" }, ...pushes(request.risk, up)] };
}

const levelAbove = (request: PendingRequest) => request.levels.find((level) => level.number > request.level);

/** Only high risk reaches for people's devices. */
export const pushes = (risk: Risk, level: Level): Effect[] =>
  risk === "high" ? [{ type: "push", level: level.number, people: level.people }] : [];

function expire(request: PendingRequest, now: number): Transition {
  const effects: Effect[] = levelAbove(request) ? [] : [{ type: "block" }];
  if (request.risk === "high") effects.push({ type: "tell_security_officers" });
  return end(request, { state: "expired", decidedBy: "silence", decidedAt: now }, effects);
}

function end(
  { levelDueAt: _over, ...request }: PendingRequest,
  outcome: Approved | Denied | Expired | Cancelled,
  effects: Effect[],
): Transition {
  const next = { ...request, ...outcome, revision: request.revision + 1 };
  return { next, effects: [{ type: "record", event: `approval.${outcome.state}` }, ...effects] };
}
