"use client";
import dynamic from "next/dynamic";
import { useSyncExternalStore } from "react";

export interface Said {
  text: string;
  /** `bad` for what did not work. */
  type: "bad" | undefined;
}

/** Loaded when there is something to say: pages without news do not carry it. */
const ToastViewport = dynamic(() => import("./toast-viewport").then((module) => module.ToastViewport), { ssr: false });

class Speaker {
  private waiting: Said[] = [];
  private show: ((said: Said) => void) | null = null;
  private readonly watchers = new Set<() => void>();
  wanted = false;

  say = (text: string, type?: "bad"): void => {
    if (this.show) return this.show({ text, type });
    this.waiting.push({ text, type });
    this.wanted = true;
    for (const watcher of this.watchers) watcher();
  };

  /** The viewport is there: from now on everything goes to it, first what came before. */
  attach(show: (said: Said) => void): () => void {
    this.show = show;
    for (const said of this.waiting.splice(0)) show(said);
    return () => {
      if (this.show === show) this.show = null;
    };
  }

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };
}

export const speaker = new Speaker();

/** Short words about what was just done: where they appear. */
export function Toasts() {
  const wanted = useSyncExternalStore(
    speaker.watch,
    () => speaker.wanted,
    () => false,
  );
  return wanted ? <ToastViewport /> : null;
}

/** Says something; `bad` for what did not work. */
export const useToast = () => speaker.say;
