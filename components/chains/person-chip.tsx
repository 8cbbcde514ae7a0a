import type { ChainPerson } from "@/lib/escalation/schema";

/** Somebody in a level, with a way out of it for whoever may change the chain. */
export function PersonChip({ person, level, onRemove }: { person: ChainPerson | undefined; level: number; onRemove: (() => void) | null }) {
  const name = person?.name ?? "somebody unknown";
  return (
    <span className="chip">
      <i aria-hidden="true">{initials(name)}</i>
      {name}
      {onRemove ? (
        <button type="button" aria-label={`Take ${name} out of level ${level}`} onClick={onRemove}>
          ✕
        </button>
      ) : null}
    </span>
  );
}

const initials = (name: string) =>
  name
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
