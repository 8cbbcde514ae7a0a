import { doorValue } from "@/lib/db/door";
import { readTenant } from "@/lib/db/tenant";
import type { SignedIn } from "@/lib/people/schema";
import { readsAll } from "@/lib/people/roles";
import { alreadyLifted, notAsked, notFound, onRequesterSide, signedOut } from "./problems";

export interface Block {
  id: string;
  agent_id: string;
  agent: string;
  tool: string;
  title: string | null;
  request_id: string;
  created_at: string;
  ends_at: string;
}

const REFUSALS = {
  not_found: notFound,
  signed_out: signedOut,
  requester: onRequesterSide,
  not_asked: notAsked,
  already_lifted: alreadyLifted,
};

/** Tools that are closed for an agent because nobody answered, the longest block of each. An owner sees those of their own agents. */
export async function listBlocks(person: SignedIn): Promise<{ items: Block[]; now: string }> {
  return readTenant(person.tenant, async (client) => {
    const { rows } = await client.query<Block>(
      `select * from (
         select distinct on (b.agent_id, b.tool_id) b.id, b.agent_id, a.name as agent, t.name as tool, v.title, b.request_id, b.created_at, b.ends_at
         from blocks b join agents a on a.tenant_id = b.tenant_id and a.id = b.agent_id
           join tools t on t.tenant_id = b.tenant_id and t.id = b.tool_id
           join tool_versions v on v.tenant_id = t.tenant_id and v.tool_id = t.id and v.version = t.version
         where b.tenant_id = $1 and b.lifted_at is null and b.ends_at > door_clock() and ($2 or a.owner_id = $3)
         order by b.agent_id, b.tool_id, b.ends_at desc) live
       order by created_at desc limit 500`,
      [person.tenant, readsAll(person), person.personId],
    );
    const clock = await client.query<{ now: string }>("select door_clock() as now");
    return { items: rows, now: clock.rows[0]?.now ?? "" };
  });
}

/** A person of the chain lets the agent use the tool again. @throws the problem that says why not */
export async function liftBlock(person: SignedIn, id: string): Promise<void> {
  const refusal = await doorValue<keyof typeof REFUSALS | null>(person.tenant, "lift_block", [id, person.personId, person.sessionHash]);
  if (refusal) throw REFUSALS[refusal]();
}
