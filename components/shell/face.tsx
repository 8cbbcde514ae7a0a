import type { ComponentProps } from "react";
import type { Viewer } from "./shell";

/** The signed-in person's initials: the button to what is theirs. */
export function Face({ person, ...button }: { person: Viewer } & ComponentProps<"button">) {
  return (
    <button type="button" {...button} className="face" aria-label={`${person.name}: settings and sign-out`}>
      {initials(person.name)}
    </button>
  );
}

const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
