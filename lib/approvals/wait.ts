import { listener, type Change } from "@/lib/db/listener";
import { logger } from "@/lib/platform/logger";
import { singleton } from "@/lib/platform/singleton";
import { isTerminal, type RequestRow } from "./row";
import { readRequest } from "./store";

/** Nobody misses a change for longer than this, even if a notification is lost. */
const REREAD_MS = 2_000;

type Wake = (row: RequestRow) => void;

/** Everybody in this process who waits for a decision. Waiting holds no database connection. */
class Waiters {
  private readonly byRequest = new Map<string, Set<Wake>>();
  private timer: NodeJS.Timeout | null = null;

  constructor() {
    listener.subscribe((change) => void this.changed(change));
  }

  add(tenant: string, id: string, wake: Wake): () => void {
    const key = `${tenant} ${id}`;
    const waiting = this.byRequest.get(key) ?? new Set();
    this.byRequest.set(key, waiting.add(wake));
    this.timer ??= setInterval(() => void this.changed({ tenant: null, ids: null, fresh: false }), REREAD_MS).unref();
    return () => {
      waiting.delete(wake);
      if (waiting.size === 0 && this.byRequest.get(key) === waiting) this.byRequest.delete(key);
      if (this.byRequest.size === 0 && this.timer) {
        clearInterval(this.timer);
        this.timer = null;
      }
    };
  }

  wake(row: RequestRow): void {
    for (const wake of [...(this.byRequest.get(`${row.tenant_id} ${row.id}`) ?? [])]) wake(row);
  }

  private async changed(change: Change): Promise<void> {
    // Whoever waits for a request has read it after it was asked: that it was is no news.
    if (change.fresh) return;
    const keys = change.tenant === null ? [...this.byRequest.keys()] : change.ids.map((id) => `${change.tenant} ${id}`);
    await Promise.all(keys.filter((key) => this.byRequest.has(key)).map((key) => this.read(key)));
  }

  /** Reads of one moment go to the database together (`readRequest` groups them by tenant). */
  private async read(key: string): Promise<void> {
    const [tenant = "", id = ""] = key.split(" ");
    try {
      const row = await readRequest(tenant, id);
      if (row) this.wake(row);
    } catch (error) {
      // The database is away: the next round asks again; nobody is told anything meanwhile.
      logger.debug({ error: (error as Error).message }, "could not read for a waiter");
    }
  }
}

const waiters = singleton("waiters", () => new Waiters());

/** Tells whoever waits in this process about a row that was just read or written. */
export const wakeWaiters = (row: RequestRow) => waiters.wake(row);

/**
 * Waits until the request is decided, at most so long; never moves a deadline. Listens first and reads then, so that a
 * decision in between is not missed.
 * @param read     reads the request; what it throws ends the wait
 * @param seconds  0 to 50; 0 only reads
 * @param signal   the client went away, or the server stops
 * @returns the request as it is when waiting ends, pending or not
 */
export async function readOrWait(
  tenant: string,
  id: string,
  read: () => Promise<RequestRow>,
  seconds: number,
  signal: () => AbortSignal,
): Promise<RequestRow> {
  if (seconds <= 0) return read();
  let latest: RequestRow | null = null;
  let finish = () => {};
  const remove = waiters.add(tenant, id, (row) => {
    if (!latest || row.revision >= latest.revision) latest = row;
    if (isTerminal(row)) finish();
  });
  try {
    const row = await read();
    latest = newer(latest, row);
    if (isTerminal(latest)) return latest;
    await pause(Math.min(seconds * 1000, Date.parse(row.expires_at) - Date.parse(row.now) + 5), signal(), (done) => (finish = done));
    // Told while waiting, or read once more: at the deadline that is what expires it.
    return isTerminal(latest) || signal().aborted ? latest : await read();
  } finally {
    remove();
  }
}

const newer = (a: RequestRow | null, b: RequestRow) => (a && a.revision >= b.revision ? a : b);

function pause(ms: number, signal: AbortSignal, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    start(done);
    if (signal.aborted) done();
  });
}
