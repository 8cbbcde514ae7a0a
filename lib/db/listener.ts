import pg from "pg";
import { logger } from "@/lib/platform/logger";
import { singleton } from "@/lib/platform/singleton";
import { database } from "./database";

/**
 * Requests of a tenant that changed; `fresh`: they were just asked. `ids: null`: notifications may have been missed,
 * everything waited for must be read again.
 */
export type Change = { tenant: string; ids: string[]; fresh: boolean } | { tenant: null; ids: null; fresh: false };

type Subscriber = (change: Change) => void;

const RECONNECT_MS = { least: 100, most: 5_000 };

/** The one connection of this process that LISTENs. Notifications only wake; whoever is woken reads for itself. */
class Listener {
  private readonly subscribers = new Set<Subscriber>();
  private client: pg.Client | null = null;
  private stopped = false;
  private timer: NodeJS.Timeout | null = null;

  /** Connects, and goes on connecting whenever the connection is lost. Resolves after the first attempt, whatever came of it. */
  async start(): Promise<void> {
    this.stopped = false;
    await this.connect(RECONNECT_MS.least);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    const client = this.client;
    this.client = null;
    await client?.end().catch(() => {});
  }

  /** @returns the way to unsubscribe */
  subscribe(subscriber: Subscriber): () => void {
    this.subscribers.add(subscriber);
    return () => this.subscribers.delete(subscriber);
  }

  private async connect(delay: number): Promise<void> {
    const client = new pg.Client({
      connectionString: database().url,
      application_name: "licet_listener",
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    let lost = false;
    const again = () => {
      if (lost || this.stopped) return;
      lost = true;
      this.client = null;
      client.end().catch(() => {});
      this.timer = setTimeout(() => void this.connect(Math.min(delay * 2, RECONNECT_MS.most)), delay);
      this.timer.unref();
    };
    client.on("error", again);
    client.on("end", again);
    client.on("notification", (message) => this.publish(JSON.parse(message.payload ?? "null") as Change));
    try {
      await client.connect();
      await client.query("listen licet");
      if (this.stopped) return void client.end().catch(() => {});
      this.client = client;
      delay = RECONNECT_MS.least;
      this.publish({ tenant: null, ids: null, fresh: false });
    } catch (error) {
      logger.warn({ error: (error as Error).message }, "cannot listen for changes, trying again");
      again();
    }
  }

  private publish(change: Change): void {
    for (const subscriber of this.subscribers) subscriber(change);
  }
}

export const listener = singleton("listener", () => new Listener());
