import type { Action, Impact, Reversibility } from "@/lib/catalog/terms";

/** The catalog's words for people, short for the table and the map, long for choosing. */
export const IMPACT_WORDS: Record<Impact, { short: string; long: string }> = {
  record: { short: "single record", long: "A single record" },
  records: { short: "many records", long: "Many records of one tenant" },
  tenant: { short: "one tenant", long: "One whole tenant" },
  tenants: { short: "several tenants", long: "Several tenants" },
  external: { short: "external", long: "The outside world" },
};

export const UNDO_WORDS: Record<Reversibility, { short: string; map: string; long: string }> = {
  reversible: { short: "reversible", map: "undo", long: "Can be undone easily" },
  effort: { short: "effort", map: "effort", long: "Can be undone with effort" },
  irreversible: { short: "irreversible", map: "none", long: "Cannot be undone" },
};

export const ACTION_WORDS: Record<Action, string> = {
  read: "Reads",
  write: "Writes: makes or changes",
  delete: "Deletes",
  invoke: "Sets off a process",
};
