import type { Handler } from "hono";
import { changesSince, readChanges, type ChangeEvent } from "@/lib/approvals/changes";
import { listener, type Change } from "@/lib/db/listener";
import { readsAll } from "@/lib/people/roles";
import type { SignedIn } from "@/lib/people/schema";
import { liveSessions } from "@/lib/people/session";
import { logger } from "@/lib/platform/logger";
import { problem } from "@/lib/platform/problem";
import { singleton } from "@/lib/platform/singleton";
import { headerOf } from "./conventions";
import type { Environment } from "./environment";
import { stopping } from "./stopping";

export const tooManyStreams = problem("too_many_streams", 429, "You have too many open pages. Close one and reload.");

/** Lost rights end a stream within five seconds. */
const CHECK_MS = 4_000;
const HEARTBEAT_MS = 15_000;
const MOST_STREAMS = 20;
const MOST_REPLAYED = 500;
/** Events that a page has not taken from us. */
const MOST_UNREAD = 1_000;

interface Stream {
  person: SignedIn;
  send: (text: string) => void;
  close: () => void;
}

/** Every open event stream of this process: one read of a change serves them all. */
class EventHub {
  private readonly streams = new Set<Stream>();
  private timer: NodeJS.Timeout | null = null;

  constructor() {
    listener.subscribe((change) => void this.publish(change));
  }

  countOf(person: SignedIn): number {
    return [...this.streams].filter((stream) => stream.person.accountId === person.accountId).length;
  }

  add(stream: Stream): () => void {
    this.streams.add(stream);
    this.timer ??= setInterval(() => void this.check(), CHECK_MS).unref();
    return () => {
      this.streams.delete(stream);
      if (this.streams.size === 0 && this.timer) {
        clearInterval(this.timer);
        this.timer = null;
      }
    };
  }

  private async publish(change: Change): Promise<void> {
    if (change.tenant === null) {
      for (const stream of this.streams) stream.send(RESYNC);
      return;
    }
    const listening = [...this.streams].filter((stream) => stream.person.tenant === change.tenant);
    if (!listening.length) return;
    try {
      const events = await readChanges(change.tenant, change.ids);
      for (const stream of listening) for (const event of events) if (maySee(stream.person, event)) stream.send(format(event));
    } catch (error) {
      logger.debug({ error: (error as Error).message }, "could not read a change for the event streams");
      for (const stream of listening) stream.send(RESYNC);
    }
  }

  private async check(): Promise<void> {
    for (const tenant of new Set([...this.streams].map((stream) => stream.person.tenant))) {
      const streams = [...this.streams].filter((stream) => stream.person.tenant === tenant);
      try {
        const live = await liveSessions(
          tenant,
          streams.map((stream) => stream.person.sessionHash),
        );
        for (const stream of streams) {
          const roles = live.get(stream.person.sessionHash.toString("hex"));
          if (!roles || roles.join() !== stream.person.roles.join()) stream.close();
        }
      } catch (error) {
        // Fail closed: whose rights cannot be checked are not told anything.
        logger.warn({ error: (error as Error).message }, "could not check the event streams' sessions: closing them");
        for (const stream of streams) stream.close();
      }
    }
  }
}

const hub = singleton("event hub", () => new EventHub());

const maySee = (person: SignedIn, event: ChangeEvent) => readsAll(person) || event.ownerId === person.personId;

const RESYNC = "event: resync\ndata: {}\n\n";
const format = ({ id, revision, status, risk, at }: ChangeEvent) =>
  `id: ${Date.parse(at)}\nevent: request\ndata: ${JSON.stringify({ id, revision, status, risk })}\n\n`;

/** One page's stream. It listens from the start, so that nothing is lost between what it missed and what comes. */
class OpenStream implements Stream {
  private readonly remove: () => void;
  private readonly heartbeat: NodeJS.Timeout;
  private readonly early: string[] = [];
  private controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  private ended = false;

  constructor(
    readonly person: SignedIn,
    private readonly signal: AbortSignal,
  ) {
    this.remove = hub.add(this);
    this.heartbeat = setInterval(() => this.send(": still here\n\n"), HEARTBEAT_MS).unref();
    signal.addEventListener("abort", this.close);
    if (signal.aborted) this.close();
  }

  send = (text: string): void => {
    if (this.ended) return;
    if (!this.controller) return void this.early.push(text);
    // Whoever does not read is let go: their page comes back and says where it was.
    if ((this.controller.desiredSize ?? 0) < -MOST_UNREAD) return void this.close();
    this.controller.enqueue(UTF8.encode(text));
  };

  close = (): void => {
    if (this.ended) return;
    this.ended = true;
    this.remove();
    clearInterval(this.heartbeat);
    this.signal.removeEventListener("abort", this.close);
    this.controller?.close();
  };

  /** The answer's body: what was missed first. */
  body(missed: string): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) => {
        this.controller = controller;
        for (const text of [`retry: 1000\n\n${missed}`, ...this.early]) controller.enqueue(UTF8.encode(text));
        if (this.ended) controller.close();
      },
      cancel: this.close,
    });
  }
}

const UTF8 = new TextEncoder();
const HEADERS = { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" };

/** `GET /api/v1/events`: Server-Sent Events, resumable with `Last-Event-ID`. They are hints: whoever hears one reads for itself. */
export const events: Handler<Environment> = async (c) => {
  const person = c.get("person");
  if (c.req.method === "HEAD") return c.body(null, 200, HEADERS);
  if (hub.countOf(person) >= MOST_STREAMS) throw tooManyStreams({ retry_after: 5 });
  const stream = new OpenStream(person, AbortSignal.any([c.req.raw.signal, stopping.signal]));
  try {
    return c.body(stream.body(await replay(person, headerOf(c, "last-event-id"))), 200, HEADERS);
  } catch (error) {
    stream.close();
    throw error;
  }
};

async function replay(person: SignedIn, lastId: string | undefined): Promise<string> {
  if (lastId === undefined || !/^\d{10,15}$/.test(lastId)) return "";
  const missed = await changesSince(person.tenant, new Date(Number(lastId)), MOST_REPLAYED);
  if (missed === null) return RESYNC;
  return missed
    .filter((event) => maySee(person, event))
    .map(format)
    .join("");
}
