import type { Change } from "@/lib/changes/schema";

export const CHANGE_WORDS: Record<Change["status"], string> = {
  pending: "waits for a second admin",
  approved: "in force",
  denied: "denied",
  expired: "ran out: nobody approved it",
  cancelled: "withdrawn",
};
