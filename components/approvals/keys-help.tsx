"use client";
import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { useShortcuts } from "@/lib/client/shortcuts";

const KEYS: [keys: string[], what: string][] = [
  [["J", "K"], "next, previous"],
  [["Enter"], "open"],
  [["D"], "deny; again to deny at once"],
  [["1", "…", "5"], "deny with that reason"],
  [["A"], "approve"],
  [["E"], "escalate"],
  [["Z", "Esc"], "take it back"],
  [["U"], "back to the inbox"],
  [["/"], "search"],
  [["?"], "this list"],
];

/** All single keys, on "?". */
export function KeysHelp() {
  const [open, setOpen] = useState(false);
  useShortcuts({ "?": () => setOpen(true) });
  return (
    <Dialog title="Keys" open={open} onClose={() => setOpen(false)}>
      <dl className="facts">
        {KEYS.map(([names, what]) => (
          <div key={what} className="contents">
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p className="muted mt-3">Enter never approves. Single keys can be switched off in the settings.</p>
    </Dialog>
  );
}
