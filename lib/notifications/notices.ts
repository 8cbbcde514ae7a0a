import { doorValue } from "@/lib/db/door";
import { readTenant } from "@/lib/db/tenant";
import type { SignedIn } from "@/lib/people/schema";

/** Something a person is told in the application. `unanswered`: a high-risk request ended with nobody's answer. */
export interface Notice {
  id: string;
  kind: "unanswered";
  request_id: string;
  tool: string;
  agent: string;
  created_at: string;
}

/** Not yet seen, newest first. */
export async function listNotices(person: SignedIn): Promise<Notice[]> {
  return readTenant(person.tenant, async (client) => {
    const { rows } = await client.query<Notice>(
      `select n.id, n.kind, n.request_id, r.tool_name as tool, a.name as agent, n.created_at
       from notices n join requests r on r.tenant_id = n.tenant_id and r.id = n.request_id
         join agents a on a.tenant_id = r.tenant_id and a.id = r.agent_id
       where n.tenant_id = $1 and n.person_id = $2 and n.seen_at is null order by n.created_at desc limit 100`,
      [person.tenant, person.personId],
    );
    return rows;
  });
}

export async function seeNotices(person: SignedIn, ids: string[]): Promise<void> {
  await doorValue(person.tenant, "see_notices", [person.personId, ids]);
}
