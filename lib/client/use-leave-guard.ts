"use client";
import { useEffect } from "react";

/**
 * Asks before the page is left while something on it is not saved: by the browser's own question, and for links within
 * the program, which never unload the page, by one of ours.
 */
export function useLeaveGuard(unsaved: boolean, question: string): void {
  useEffect(() => {
    if (!unsaved) return;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
      const leaves = link && !link.hasAttribute("target") && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
      if (!leaves || window.confirm(question)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("beforeunload", onUnload);
    // Before the links' own handlers.
    document.addEventListener("click", onClick, true);
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, true);
    };
  }, [unsaved, question]);
}
