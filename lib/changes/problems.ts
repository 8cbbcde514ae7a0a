import { problem } from "@/lib/platform/problem";

export const staleBase = problem(
  "stale_base",
  409,
  "What this change is based on was changed since it was proposed. Nothing was applied and it still waits; propose it anew.",
);
export const cannotApply = problem("cannot_apply", 409, "The change cannot be applied any more. Nothing was changed and it still waits.");
export const noSuchChange = problem("not_found", 404, "There is no such change here.");
export const notYours = problem("not_yours", 403, "Only who proposed a change withdraws it. Nothing was changed.");
export const adminNeeded = problem("role_needed", 403, "Only an admin proposes changes. Nothing was changed.");
export const noSecondAdmin = problem(
  "no_second_admin",
  409,
  "This widens what is allowed, and there is no second admin who could approve it. Nothing was changed. Invite one; alone you can only tighten.",
);
