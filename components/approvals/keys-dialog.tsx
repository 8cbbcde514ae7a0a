"use client";
import { Dialog } from "@/components/ui/dialog";

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

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" open onClose={onClose}>
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
      <p className="muted mt-3">Enter in a field never approves. Single keys can be switched off in the settings.</p>
    </Dialog>
  );
}
