import type { Reader } from "@/lib/db/tenant";

/** One thing that happened to a request, from its audit records. */
export interface TimelineEntry {
  at: string;
  event: string;
  actor_kind: "agent" | "person" | "policy" | "system" | "operator";
  /** The person's name, where it was one. */
  actor: string | null;
  detail: Record<string, unknown>;
}

/** The recorded life of one request, oldest first. Each state change is exactly one record. */
export async function readTimeline(client: Reader, tenant: string, requestId: string): Promise<TimelineEntry[]> {
  const { rows } = await client.query<TimelineEntry>(
    `select r.at, r.event, r.actor_kind, p.name as actor, r.detail
     from audit_records r left join people p on p.tenant_id = r.tenant_id and r.actor_kind = 'person' and p.id::text = r.actor_id
     where r.tenant_id = $1 and r.request_id = $2 and r.revision is not null order by r.revision`,
    [tenant, requestId],
  );
  return rows;
}
