"use client";
import { useEffect, useSyncExternalStore } from "react";

/** The server's clock, as far as this page knows it: countdowns follow it, not the device's. */
let ahead = Number.NEGATIVE_INFINITY;
const TICK_MS = 500;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let current = 0;

/**
 * Learns from an answer what the server's clock was then. Whatever is read late, from a slow line or a cache, says too
 * little: the answer that puts the clock furthest ahead is the nearest, and none ever puts it back.
 * @param iso  the server's clock as the answer says it
 */
export function setServerClock(iso: string): void {
  const parsed = Date.parse(iso);
  if (!Number.isNaN(parsed)) ahead = Math.max(ahead, parsed - performance.now());
}

/** The server's time in milliseconds; before any answer, this device's. */
export const serverNow = () => (Number.isFinite(ahead) ? performance.now() + ahead : Date.now());

function tick(): void {
  current = serverNow();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  tick();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/**
 * The server's time in milliseconds, twice a second.
 * @param latest  the server's clock in the newest answer, ISO
 */
export function useNow(latest: string): number {
  useEffect(() => setServerClock(latest), [latest]);
  return useSyncExternalStore(
    subscribe,
    () => current || Date.parse(latest),
    () => Date.parse(latest),
  );
}
