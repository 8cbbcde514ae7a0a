import { readTenant } from "@/lib/db/tenant";
import type { Risk } from "@/lib/catalog/terms";
import { readRequest } from "./store";
import type { State } from "./terms";

/** That a request people are asked about changed: a hint for screens, which then read for themselves. */
export interface ChangeEvent {
  id: string;
  revision: number;
  status: State;
  risk: Risk;
  /** Owner of the agent, who may be told although they read nothing else. Not sent. */
  ownerId: string;
  /** The database's clock: the place in the stream to resume from. */
  at: string;
}

/** The events of these requests as they are now. */
export async function readChanges(tenant: string, ids: string[]): Promise<ChangeEvent[]> {
  const rows = await Promise.all(ids.map((id) => readRequest(tenant, id)));
  return rows
    .filter((row) => row !== null)
    .map((row) => ({ id: row.id, revision: row.revision, status: row.state, risk: row.risk, ownerId: row.owner_id, at: row.now }));
}

/** Commits may become visible a little later than their clock says. */
const OVERLAP = "5 seconds";

/** What changed since a place in the stream, oldest first; null when it is too much and the screen should read all again. */
export async function changesSince(tenant: string, since: Date, most: number): Promise<ChangeEvent[] | null> {
  const ids = await readTenant(tenant, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `select id from requests where tenant_id = $1 and chain_id is not null and updated_at > $2::timestamptz - interval '${OVERLAP}' order by updated_at limit $3`,
      [tenant, since, most + 1],
    );
    return rows.map((row) => row.id);
  });
  return ids.length > most ? null : readChanges(tenant, ids);
}
