import { hex } from "@/lib/approvals/row";
import type { State } from "@/lib/approvals/terms";
import { doorValues } from "@/lib/db/door";
import { isoTime } from "@/lib/platform/iso-time";
import { describe } from "./describe";
import { noSuchChange } from "./problems";
import type { Change, Content } from "./schema";

/** A change as `read_changes` returns it. */
interface ChangeRow {
  id: string;
  state: State;
  content_version: number;
  arguments: Content;
  reason: string;
  action_digest: string;
  proposed_by: string | null;
  proposed_by_name: string | null;
  created_at: string;
  expires_at: string;
  decided_at: string | null;
  decided_by: "person" | "silence" | null;
  decided_by_name: string | null;
  comment: string | null;
  refusal: "requester" | "not_asked" | null;
  asks: string[] | null;
  now: string;
}

/** Changes, pending ones first. @param person  who looks: whether they may decide is part of the answer */
export async function listChanges(tenant: string, person: string): Promise<Change[]> {
  return (await doorValues<ChangeRow>(tenant, "read_changes", [null, person])).map(presentChange);
}

/** @throws noSuchChange */
export async function readChange(tenant: string, person: string, id: string): Promise<Change> {
  const [row] = await doorValues<ChangeRow>(tenant, "read_changes", [[id], person]);
  if (!row) throw noSuchChange();
  return presentChange(row);
}

/** What a change holds, as it is stored. @throws noSuchChange */
export async function readStored(tenant: string, person: string, id: string): Promise<{ status: State; content: unknown }> {
  const [row] = await doorValues<ChangeRow>(tenant, "read_changes", [[id], person]);
  if (!row) throw noSuchChange();
  return { status: row.state, content: row.arguments };
}

function presentChange(row: ChangeRow): Change {
  const { base, operations } = row.arguments;
  return {
    id: row.id,
    kind: "change",
    status: row.state,
    proposed_by: { id: row.proposed_by, name: row.proposed_by_name ?? "operator's command" },
    reason: row.reason,
    summary: operations.map((op, i) => describe(op, base[i])),
    diff: base,
    action_digest: hex(row.action_digest),
    content_version: row.content_version,
    created_at: isoTime(row.created_at),
    expires_at: isoTime(row.expires_at),
    now: isoTime(row.now),
    asks: row.asks ?? [],
    refusal: row.refusal,
    decision: row.decided_at === null ? null : { by: row.decided_by_name ?? "silence", at: isoTime(row.decided_at), comment: row.comment },
  };
}
