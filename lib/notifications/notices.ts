import { doorValue } from "@/lib/db/door";
import { readTenant } from "@/lib/db/tenant";
import type { SignedIn } from "@/lib/people/schema";

/** Something a person is told in the application: a high-risk request ended with nobody's answer, or an agent went over a limit. */
export interface Notice {
  id: string;
  kind: "unanswered" | "limited";
  /** Null where it is about no single request. */
  request_id: string | null;
  tool: string;
  agent: string;
  created_at: string;
  /** limited: which limit, and how many it lets through. */
  detail: { limit?: "session" | "minute" | "day" | "cost"; cap?: number };
}

/** Not yet seen, newest first. */
export async function listNotices(person: SignedIn): Promise<Notice[]> {
  return readTenant(person.tenant, async (client) => {
    const { rows } = await client.query<Notice>(
      `select n.id, n.kind, n.request_id, coalesce(r.tool_name, n.detail ->> 'tool') as tool, a.name as agent, n.created_at, n.detail
       from notices n left join requests r on r.tenant_id = n.tenant_id and r.id = n.request_id
         join agents a on a.tenant_id = n.tenant_id and a.id = coalesce(r.agent_id, (n.detail ->> 'agent')::uuid)
       where n.tenant_id = $1 and n.person_id = $2 and n.seen_at is null order by n.created_at desc limit 100`,
      [person.tenant, person.personId],
    );
    return rows;
  });
}

export async function seeNotices(person: SignedIn, ids: string[]): Promise<void> {
  await doorValue(person.tenant, "see_notices", [person.personId, ids]);
}
