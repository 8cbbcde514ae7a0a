"use client";
import type { ReactNode } from "react";
import { Field } from "./field";

/** A labelled choice of one. An empty value is offered until something is chosen, when it must be. */
export function SelectField<T extends string>({
  label,
  hint,
  wrong,
  value,
  options,
  onChange,
  required = false,
}: {
  label: string;
  hint?: ReactNode;
  wrong?: string | null;
  value: T | "";
  options: { value: T; name: string }[];
  onChange: (value: T) => void;
  required?: boolean;
}) {
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {(control) => (
        <select
          {...control}
          className="field"
          required={required}
          value={value}
          onChange={({ target }) => {
            const chosen = options.find((option) => option.value === target.value);
            if (chosen) onChange(chosen.value);
          }}
        >
          {value === "" ? <option value="">Choose…</option> : null}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
