"use client";
import { useMemo, useRef, useState } from "react";
import { resolvePointer } from "@/lib/platform/json-pointer";
import type { Review } from "@/lib/approvals/review";
import { VisibleText } from "@/components/ui/visible-text";
import { decoys } from "./decoys";

interface Entered {
  confirm: Record<string, string>;
  password: string;
}

/**
 * The second step of high risk: touch what matters, then show that it is you. On a desk the decisive value is typed; on a
 * phone it is picked from three. The server compares it again.
 */
export function ConfirmForm({
  review,
  sending,
  wrong,
  onBack,
  onApprove,
}: {
  review: Review;
  sending: boolean;
  wrong: string | null;
  onBack: () => void;
  onApprove: (entered: Entered) => void;
}) {
  const { approval } = review;
  const [confirm, setConfirm] = useState<Record<string, string>>({});
  const [password, setPassword] = useState("");
  const secret = useRef<HTMLInputElement>(null);
  const asked = useMemo(
    () =>
      approval.decisive.map((pointer) => ({ pointer, name: pointer.slice(1), value: textOf(resolvePointer(approval.arguments, pointer)) })),
    [approval],
  );
  const [phone] = useState(() => window.matchMedia("(max-width: 700px)").matches);
  const matches = asked.every(({ pointer, value }) => confirm[pointer] === value);
  const enter = (pointer: string, value: string) => setConfirm((before) => ({ ...before, [pointer]: value }));

  return (
    <div className="decide step">
      <form
        // Enter in a field never approves.
        onSubmit={(event) => event.preventDefault()}
      >
        {wrong ? (
          <p className="wrong" role="alert">
            {wrong}
          </p>
        ) : null}
        {asked.map(({ pointer, name, value }, index) =>
          phone ? (
            <Pick
              key={pointer}
              id={approval.id}
              name={name}
              value={value}
              chosen={confirm[pointer]}
              onPick={(picked) => enter(pointer, picked)}
            />
          ) : (
            <label className="ask" key={pointer}>
              <span>Type the {name} to confirm it</span>
              <input
                className="field mono"
                autoFocus={index === 0}
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                aria-invalid={confirm[pointer] && !value.startsWith(confirm[pointer]) ? true : undefined}
                value={confirm[pointer] ?? ""}
                onChange={(event) => enter(pointer, event.target.value)}
              />
            </label>
          ),
        )}
        <label className="ask">
          <span>Your password</span>
          <input
            ref={secret}
            className="field"
            type="password"
            name="password"
            autoComplete="current-password"
            autoFocus={asked.length === 0}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        <span className="sp wide" />
        <button type="button" className="btn" onClick={onBack}>
          Back <kbd>Esc</kbd>
        </button>
        <button
          type="button"
          className="btn primary"
          disabled={sending || !matches || !password}
          onClick={() => onApprove({ confirm, password })}
        >
          {sending ? "Approving…" : "Approve"}
        </button>
      </form>
    </div>
  );
}

/** A phone's way: the right one among three that look like it. */
function Pick({
  id,
  name,
  value,
  chosen,
  onPick,
}: {
  id: string;
  name: string;
  value: string;
  chosen: string | undefined;
  onPick: (value: string) => void;
}) {
  const options = useMemo(() => decoys(value, `${id}${name}`), [value, id, name]);
  return (
    <fieldset className="picks">
      <legend>Which {name} is it about?</legend>
      {options.map((option) => (
        <button type="button" className="btn mono" key={option} aria-pressed={chosen === option} onClick={() => onPick(option)}>
          {chosen === option ? "✓ " : ""}
          <VisibleText text={option} />
        </button>
      ))}
    </fieldset>
  );
}

/** As the request shows it: a string bare, everything else as JSON. */
const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value ?? null));
