"use client";
import { useSyncExternalStore } from "react";

/** What the event stream says about one request: a hint, whoever needs more reads. */
export interface LiveChange {
  id: string;
  revision: number;
  status: string;
  risk: string;
}

type Listener = (change: LiveChange | "resync") => void;

const RETRY_MS = 2_000;

/** The one event stream of this page (Server-Sent Events), and whether it stands. */
class Live {
  private source: EventSource | null = null;
  private users = 0;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private readonly changes = new Set<Listener>();
  private readonly watchers = new Set<() => void>();
  /** Since when there is no connection, in milliseconds of this device; null while there is one or none was tried. */
  lostAt: number | null = null;
  /** How requests ended that this page heard of. */
  readonly outcomes = new Map<string, string>();

  /** Opens the stream for as long as somebody listens. */
  listen(listener: Listener): () => void {
    this.changes.add(listener);
    this.users += 1;
    if (this.users === 1) this.open();
    return () => {
      this.changes.delete(listener);
      this.users -= 1;
      if (this.users === 0) this.close();
    };
  }

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };

  /** Tries at once instead of waiting. */
  reconnect = (): void => {
    this.close();
    if (this.users > 0) this.open();
  };

  private open(): void {
    const source = new EventSource("/api/v1/events");
    this.source = source;
    source.onopen = () => {
      this.setLost(null);
      // Also the first time: what happened between the page's making and now was told to nobody.
      this.tell("resync");
    };
    source.onerror = () => {
      this.setLost(this.lostAt ?? Date.now());
      // The browser tries again by itself unless the server refused.
      if (source.readyState === EventSource.CLOSED) this.retry = setTimeout(this.reconnect, RETRY_MS);
    };
    source.addEventListener("request", (event: MessageEvent<string>) => {
      const change = JSON.parse(event.data) as LiveChange;
      if (change.status !== "pending") this.outcomes.set(change.id, change.status);
      this.tell(change);
    });
    source.addEventListener("resync", () => this.tell("resync"));
  }

  private close(): void {
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    this.source?.close();
    this.source = null;
  }

  private tell(change: LiveChange | "resync"): void {
    for (const listener of this.changes) listener(change);
  }

  private setLost(at: number | null): void {
    if (this.lostAt === at) return;
    this.lostAt = at;
    for (const watcher of this.watchers) watcher();
  }
}

export const live = new Live();

/** Since when there is no connection; null while there is. */
export const useLostAt = () =>
  useSyncExternalStore(
    live.watch,
    () => live.lostAt,
    () => null,
  );
