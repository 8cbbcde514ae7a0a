import { randomUUID } from "node:crypto";
import { door, doorValue } from "@/lib/db/door";
import { listener } from "@/lib/db/listener";
import { logger } from "@/lib/platform/logger";
import { DELIVERY, PERIODIC_MODULES, TENANT_MODULES } from "./modules";

/** Looks at least this often; 50 ms at the soonest, so that 10 000 due timers are at most that much later. */
const LOOK_MS = { least: 50, most: 1_000 } as const;
const TENANTS_AT_A_TIME = 100;
/** A module that fails for a tenant is tried again; the others go on. */
const RETRY_MS = 1_000;

interface DueRow {
  tenant_id: string;
  due: boolean;
  wait_ms: number;
}

/**
 * Deadlines, escalation and deliveries. Any number of replicas run it at once: every row is handled by the one that locks
 * it, and correctness comes from the row, not from who leads. With none running, nothing is ever approved late; notices
 * only come late.
 */
export class Scheduler {
  private readonly replica = randomUUID();
  private stopping = false;
  private wake: (() => void) | null = null;
  private loop: Promise<void> | null = null;
  private readonly deliveries = new Map<string, Promise<unknown>>();
  private readonly lastRun = new Map<string, number>();
  private unsubscribe: (() => void) | null = null;

  start(): void {
    this.unsubscribe = listener.subscribe(() => this.wake?.());
    this.loop = this.run();
  }

  /** Finishes what is in hand. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.unsubscribe?.();
    this.wake?.();
    await this.loop;
    await Promise.allSettled(this.deliveries.values());
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const startedAt = performance.now();
      let wait: number = RETRY_MS;
      try {
        await this.runPeriodic();
        wait = await this.runDue();
      } catch (error) {
        logger.warn({ error: (error as Error).message }, "the scheduler could not look, trying again");
      }
      const soonest = LOOK_MS.least - (performance.now() - startedAt);
      await this.pause(Math.max(soonest, Math.min(wait, LOOK_MS.most)), soonest);
    }
  }

  /** Waits so long, or less when a notification comes, but never less than `least`. */
  private async pause(ms: number, least: number): Promise<void> {
    if (this.stopping) return;
    await new Promise<void>((done) => {
      const timer = setTimeout(done, ms);
      this.wake = () => {
        this.wake = null;
        clearTimeout(timer);
        setTimeout(done, this.stopping ? 0 : Math.max(0, least));
      };
    });
    this.wake = null;
  }

  /** @returns milliseconds until something is due next */
  private async runDue(): Promise<number> {
    const rows = await door<DueRow>(null, "due_tenants", [TENANTS_AT_A_TIME]);
    const due = rows.filter((row) => row.due);
    let failed = 0;
    for (const { tenant_id: tenant } of due) {
      try {
        await this.runTenant(tenant);
      } catch (error) {
        failed++;
        logger.warn({ tenant, error: (error as Error).message }, "a tenant's due work failed, trying again");
      }
    }
    if (due.length) return failed === due.length ? RETRY_MS : 0;
    return Math.min(LOOK_MS.most, ...rows.map((row) => row.wait_ms));
  }

  private async runTenant(tenant: string): Promise<void> {
    for (const module of TENANT_MODULES) {
      while (!this.stopping && (await module.run(tenant)));
    }
    this.deliver(tenant);
    if (!this.stopping) await doorValue(tenant, "settle_due", []);
  }

  private deliver(tenant: string): void {
    if (this.deliveries.has(tenant) || this.stopping) return;
    const running = DELIVERY.run(tenant)
      .catch((error: Error) => logger.warn({ tenant, error: error.message }, "deliveries failed, trying again"))
      .finally(() => this.deliveries.delete(tenant));
    this.deliveries.set(tenant, running);
  }

  private async runPeriodic(): Promise<void> {
    for (const module of PERIODIC_MODULES) {
      const last = this.lastRun.get(module.name) ?? -Infinity;
      if (performance.now() - last < module.everyMs) continue;
      this.lastRun.set(module.name, performance.now());
      await module.run(this.replica);
    }
  }
}
