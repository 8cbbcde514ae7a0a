import { listener, type Change } from "@/lib/db/listener";
import { logger } from "@/lib/platform/logger";
import { singleton } from "@/lib/platform/singleton";
import { isTerminal, type RequestRow } from "./row";
import { readRequest } from "./store";

/** Nobody misses a change for longer than this, even if a notification is lost. */
const REREAD_MS = 2_000;

interface Waiter {
  tenant: string;
  id: string;
  wake: (row: RequestRow) => void;
}

/** Everybody in this process who waits for a decision. Waiting holds no database connection. */
class Waiters {
  private readonly byRequest = new Map<string, Set<Waiter>>();
  private timer: NodeJS.Timeout | null = null;

  constructor() {
    listener.subscribe((change) => void this.changed(change));
  }

  get size(): number {
    return this.byRequest.size;
  }

  add(waiter: Waiter): () => void {
    const key = `${waiter.tenant} ${waiter.id}`;
    const waiting = this.byRequest.get(key) ?? new Set();
    this.byRequest.set(key, waiting.add(waiter));
    this.timer ??= setInterval(() => void this.changed({ tenant: null, ids: null }), REREAD_MS).unref();
    return () => {
      waiting.delete(waiter);
      if (waiting.size === 0 && this.byRequest.get(key) === waiting) this.byRequest.delete(key);
      if (this.byRequest.size === 0 && this.timer) {
        clearInterval(this.timer);
        this.timer = null;
      }
    };
  }

  private async changed(change: Change): Promise<void> {
    const keys = change.tenant === null ? [...this.byRequest.keys()] : change.ids.map((id) => `${change.tenant} ${id}`);
    await Promise.all(keys.filter((key) => this.byRequest.has(key)).map((key) => this.wake(key)));
  }

  /** Reads of one moment go to the database together (`readRequest` groups them by tenant). */
  private async wake(key: string): Promise<void> {
    const [tenant = "", id = ""] = key.split(" ");
    try {
      const row = await readRequest(tenant, id);
      if (row) for (const waiter of this.byRequest.get(key) ?? []) waiter.wake(row);
    } catch (error) {
      // The database is away: the next round asks again; nobody is told anything meanwhile.
      logger.debug({ error: (error as Error).message }, "could not read for a waiter");
    }
  }
}

const waiters = singleton("waiters", () => new Waiters());

/**
 * Waits until the request is decided, at most so long; never moves a deadline.
 * @param row      as it was just read
 * @param seconds  0 to 50
 * @param signal   the client went away, or the server stops
 * @returns the request as it is when waiting ends, pending or not
 */
export async function waitForDecision(row: RequestRow, seconds: number, signal: AbortSignal): Promise<RequestRow> {
  if (isTerminal(row) || seconds <= 0 || signal.aborted) return row;
  let latest = row;
  await new Promise<void>((done) => {
    const untilDeadline = Date.parse(row.expires_at) - Date.parse(row.now) + 5;
    const finish = () => {
      remove();
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      done();
    };
    const remove = waiters.add({
      tenant: row.tenant_id,
      id: row.id,
      wake: (changed) => {
        if (changed.revision >= latest.revision) latest = changed;
        if (isTerminal(changed)) finish();
      },
    });
    const timer = setTimeout(finish, Math.min(seconds * 1000, untilDeadline));
    signal.addEventListener("abort", finish);
    // Registered first, then read: a decision in between is not missed.
    void readRequest(row.tenant_id, row.id).then((now) => {
      if (now && now.revision >= latest.revision) latest = now;
      if (now && isTerminal(now)) finish();
    }, finish);
  });
  if (isTerminal(latest) || signal.aborted) return latest;
  return (await readRequest(row.tenant_id, row.id)) ?? latest;
}
