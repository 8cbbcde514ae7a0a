import type { Action, Impact, Reversibility } from "@/lib/catalog/terms";
import type { DenyReason } from "@/lib/approvals/terms";

/** The words of the review screen and the inbox, in one place. */
export const DENY_WORDS: Record<DenyReason, string> = {
  wrong_target: "Wrong target",
  not_needed: "Not needed",
  too_broad: "Too broad",
  malicious: "Looks malicious",
  other: "Other",
};

export const REACH: Record<Impact, { title: string; about: string }> = {
  record: { title: "1 record", about: "reaches a single one" },
  records: { title: "Many records", about: "of this tenant" },
  tenant: { title: "One whole tenant", about: "everything in it" },
  tenants: { title: "Several tenants", about: "beyond this one" },
  external: { title: "The outside world", about: "leaves the organisation" },
};

export const UNDO: Record<Reversibility, { title: string; about: string }> = {
  reversible: { title: "Can be undone", about: "says the catalog" },
  effort: { title: "Undo takes effort", about: "says the catalog" },
  irreversible: { title: "No undo", about: "says the catalog" },
};

export const PRIVILEGE: Record<Action, { title: string; about: string }> = {
  read: { title: "Reads", about: "changes nothing" },
  write: { title: "Changes data", about: "writes" },
  delete: { title: "Deletes", about: "removes data" },
  invoke: { title: "Sets off something", about: "runs a process" },
};

/** What the approve button approves. */
export const ACTION_NOUN: Record<Action, string> = { read: "reading", write: "change", delete: "deletion", invoke: "run" };

export const STATE_WORDS: Record<string, string> = {
  pending: "waiting",
  approved: "approved",
  denied: "denied",
  expired: "denied by silence",
  cancelled: "withdrawn",
};

/** Why a request ended without a person, in words. */
export const OUTCOME_WORDS: Record<string, string> = {
  policy: "Policy denies it.",
  unknown_tool: "The tool is not in the catalog.",
  not_granted: "The agent was not granted this tool.",
  blocked: "The tool is closed for this agent, because nobody answered before.",
  no_chain: "No chain says whom to ask.",
  in_trial: "The agent is in trial: nothing that writes is released.",
  out_of_scope: "What it acts on is on the agent's out-of-scope list.",
  no_quorum: "The rule asks for several people, which this version cannot do yet.",
  no_approver: "Nobody is left who may decide it.",
  silence: "Nobody decided in time.",
  withdrawn: "The agent withdrew it.",
  denied_before: "The same call was denied a short while ago.",
  too_many_pending: "Too many of this agent’s requests are waiting.",
  reason_required: "The reason that the rule asks for is missing.",
};

/** "3:41", "1:02:09"; never negative. */
export function clockText(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const pad = (n: number) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}
