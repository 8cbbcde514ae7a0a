import { recordUse } from "@/lib/credentials/agent-keys";
import { doorValue } from "@/lib/db/door";
import { deliverOutbox } from "@/lib/notifications/outbox";

/** Work on one tenant that has something due. `run` says whether there may be more. */
export interface TenantModule {
  name: string;
  run(tenant: string): Promise<boolean>;
}

/** Work of the installation, every so many milliseconds. */
export interface PeriodicModule {
  name: string;
  everyMs: number;
  run(replica: string): Promise<void>;
}

/** Rows a transaction takes at a time: short enough that a decision never waits long for their locks. */
const BATCH = 500;
/** Counters looked at in a round: there is no hurry. */
const FORGOTTEN = 20;

/** In this order: what is overdue is denied before anything else is done with it. Adding one is adding an entry. */
export const TENANT_MODULES: readonly TenantModule[] = [
  { name: "expire", run: async (tenant) => (await doorValue<number>(tenant, "expire_due", [BATCH])) === BATCH },
  // Before its deadline, so never after it was denied.
  { name: "allow on timeout", run: async (tenant) => (await doorValue<number>(tenant, "allow_due", [BATCH])) === BATCH },
  { name: "escalate", run: async (tenant) => (await doorValue<number>(tenant, "escalate_due", [BATCH])) === BATCH },
  { name: "forget counters", run: async (tenant) => (await doorValue<number>(tenant, "forget_counters", [FORGOTTEN])) === FORGOTTEN },
];

/** Deliveries talk to the outside, so they run beside the modules above and never hold them up. */
export const DELIVERY: TenantModule = { name: "deliver", run: async (tenant) => (await deliverOutbox(tenant)) > 0 };

export const PERIODIC_MODULES: readonly PeriodicModule[] = [
  { name: "heartbeat", everyMs: 2_000, run: async (replica) => void (await doorValue(null, "beat", [replica])) },
  { name: "key use", everyMs: 30_000, run: recordUse },
];
