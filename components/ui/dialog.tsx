"use client";
import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode } from "react";

/**
 * A question that must be settled or left before the page goes on. Escape and a click outside leave it.
 * @param typing  it holds what somebody typed: a click outside does not throw that away
 */
export function Dialog({
  title,
  open,
  onClose,
  typing = false,
  children,
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  typing?: boolean;
  children: ReactNode;
}) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()} disablePointerDismissal={typing}>
      <Base.Portal>
        <Base.Backdrop className="backdrop" />
        <Base.Popup className="dialog">
          <header>
            <Base.Title>{title}</Base.Title>
            <Base.Close className="btn small quiet" aria-label="Close">
              ✕
            </Base.Close>
          </header>
          <div className="body">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
