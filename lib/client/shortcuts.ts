"use client";
import { useEffect, useRef } from "react";

const SETTING = "licet.keys";

/** Single-key shortcuts can be switched off (WCAG 2.1.4): speech input and slips of the hand press keys, too. */
export const shortcutsAreOn = () => localStorage.getItem(SETTING) !== "off";
export const switchShortcuts = (on: boolean) => (on ? localStorage.removeItem(SETTING) : localStorage.setItem(SETTING, "off"));

/**
 * Listens to single keys while this component is shown; not in a field, not with a modifier, not while a dialog is open.
 * @param bindings  lower-case key → what it does; `Escape` always works, the others unless switched off
 */
export function useShortcuts(bindings: Record<string, (() => void) | undefined>): void {
  const latest = useRef(bindings);
  useEffect(() => {
    latest.current = bindings;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
      const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const run = latest.current[name];
      if (!run || event.repeat) return;
      if (name !== "Escape") {
        if (isField(event.target) || !shortcutsAreOn() || document.querySelector("[role=dialog], [role=menu]")) return;
        // Enter on a link or button belongs to it.
        if (name === "Enter" && event.target instanceof Element && event.target.closest("a, button, summary")) return;
      }
      event.preventDefault();
      run();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

const isField = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
