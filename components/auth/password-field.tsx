"use client";
import { useState } from "react";
import { Field } from "@/components/ui/field";

const LEAST = 12;

/** A new password, with what is still missing while one types. What is easy to guess the server says. */
export function NewPasswordField({
  label = "Password",
  value,
  onChange,
  wrong,
}: {
  label?: string;
  value: string;
  onChange: (value: string) => void;
  wrong: string | null;
}) {
  const [seen, setSeen] = useState(false);
  const missing = LEAST - [...value].length;
  const hint =
    missing > 0 ? `At least ${LEAST} characters${value ? `, ${missing} to go` : ""}. A few words together are good.` : "Long enough.";
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {(control) => (
        <span className="flex gap-2">
          <input
            {...control}
            className="field"
            type={seen ? "text" : "password"}
            name="password"
            autoComplete="new-password"
            required
            minLength={LEAST}
            maxLength={200}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <button type="button" className="btn small" aria-pressed={seen} onClick={() => setSeen(!seen)}>
            {seen ? "Hide" : "Show"}
          </button>
        </span>
      )}
    </Field>
  );
}
