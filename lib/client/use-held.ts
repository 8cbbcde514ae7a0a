"use client";
import { useEffect, useRef, useState } from "react";

/** A decision can be taken back for so long, in the browser alone. */
export const HOLD_MS = 5_000;

/**
 * Holds something back for five seconds.
 * @param onTime   what happens when nobody took it back
 * @param onLeave  what happens when the page is left before that; nothing where it must not happen unseen
 */
export function useHeld<T>(onTime: (value: T) => void, onLeave: (value: T) => void) {
  const [held, setHeld] = useState<{ value: T; until: number | null } | null>(null);
  const latest = useRef({ held, onTime, onLeave });
  useEffect(() => {
    latest.current = { held, onTime, onLeave };
  });
  useEffect(() => {
    if (!held?.until) return;
    const timer = setTimeout(() => {
      setHeld(null);
      latest.current.onTime(held.value);
    }, held.until - Date.now());
    return () => clearTimeout(timer);
  }, [held]);
  useEffect(() => {
    const leave = () => {
      const { held: open, onLeave: run } = latest.current;
      if (open?.until) run(open.value);
      latest.current = { ...latest.current, held: null };
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, []);
  return {
    held: held?.value ?? null,
    /** Milliseconds of this device's clock, or null while it waits for the person. */
    until: held?.until ?? null,
    hold: (value: T) => setHeld({ value, until: Date.now() + HOLD_MS }),
    /** Shows it without a clock: it waits for the person. */
    pause: (value: T) => setHeld({ value, until: null }),
    drop: () => setHeld(null),
  };
}
