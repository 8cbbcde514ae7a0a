"use client";
import type { ReactNode } from "react";
import { Field } from "./field";

/** A labelled line of text, or several. */
export function TextField({
  label,
  hint,
  wrong,
  value,
  onChange,
  lines,
  mono = false,
  required = false,
  maxLength,
  placeholder,
  type = "text",
}: {
  label: string;
  hint?: ReactNode;
  wrong?: string | null;
  value: string;
  onChange: (value: string) => void;
  /** How many lines it shows; without it, it is one line. */
  lines?: number;
  mono?: boolean;
  required?: boolean;
  maxLength?: number;
  placeholder?: string;
  type?: "text" | "email";
}) {
  const shared = { className: mono ? "field mono" : "field", value, required, maxLength, placeholder, spellCheck: !mono };
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {(control) =>
        lines === undefined ? (
          <input {...control} {...shared} type={type} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
        ) : (
          <textarea {...control} {...shared} rows={lines} onChange={(event) => onChange(event.target.value)} />
        )
      }
    </Field>
  );
}

/** What a field with one entry a line holds, without empty lines. */
export const entriesOf = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
