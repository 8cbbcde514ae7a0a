import type { AgentIdentity } from "@/lib/credentials/agent-keys";
import { doorValue } from "@/lib/db/door";
import { alreadyTerminal, expired, notFound } from "./problems";
import type { RequestRow } from "./row";
import { readRequest } from "./store";

/** The agent withdraws its own request; doing so twice is the same as once. @throws notFound, expired, alreadyTerminal */
export async function cancel(agent: AgentIdentity, id: string): Promise<RequestRow> {
  const refusal = await doorValue<string | null>(agent.tenant, "cancel", [id, agent.agentId, agent.keyId]);
  if (refusal === "not_found") throw notFound();
  if (refusal === "expired") throw expired();
  if (refusal) throw alreadyTerminal();
  const row = await readRequest(agent.tenant, id);
  if (!row) throw notFound();
  return row;
}
