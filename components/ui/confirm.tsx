"use client";
import type { ReactNode } from "react";
import { useForm } from "@/lib/client/use-form";
import { Dialog } from "./dialog";
import { FormFailure } from "./form-failure";

/** Asks before something that ends something. Says what it means; when it fails, says why and stays. */
export function Confirm({
  title,
  act,
  onAct,
  onClose,
  children,
}: {
  title: string;
  /** What the button says: the deed, not "OK". */
  act: string;
  onAct: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}) {
  const { busy, failure, send } = useForm();
  const run = async () => {
    if (await send(async () => void (await onAct()))) onClose();
  };
  return (
    <Dialog title={title} open onClose={onClose}>
      <div className="form">
        {children}
        <FormFailure text={failure} />
        <div className="acts">
          <button type="button" className="btn deny" disabled={busy} onClick={() => void run()}>
            {busy ? "One moment…" : act}
          </button>
          <button type="button" className="btn quiet" onClick={onClose}>
            Leave it
          </button>
        </div>
      </div>
    </Dialog>
  );
}
