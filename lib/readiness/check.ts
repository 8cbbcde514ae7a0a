import type { Reader } from "@/lib/db/tenant";
import type { Tool } from "@/lib/catalog/schema";
import type { ChainPerson, Chain } from "@/lib/escalation/schema";
import type { Policy } from "@/lib/policy/schema";

/** What the checks of an agent's readiness look at, read once. */
export interface Facts {
  tenant: string;
  agent: { id: string; name: string; owner_id: string; responsibility: string; stage_since: string };
  /** The tools of its live grants. */
  granted: Tool[];
  /** Who made its keys that are good now. */
  makers: string[];
  chains: Chain[];
  people: ChainPerson[];
  policy: Pick<Policy, "rules">;
  client: Reader;
}

/** One thing that must be so before an agent leaves its trial (requirement A8). */
export interface Check {
  /** Fixed: exceptions are signed by it. */
  name: string;
  title: string;
  /** Why it matters, for who must decide whether to do without. */
  reason: string;
  /** @returns what is missing, for people; null: it is met */
  missing(facts: Facts): string | null | Promise<string | null>;
}
