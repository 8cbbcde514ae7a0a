import type { Risk } from "@/lib/catalog/terms";

const SHAPES: Record<Risk, [shape: string, word: string]> = { high: ["▲", "High"], medium: ["◆", "Medium"], low: ["●", "Low"] };

/** Risk by shape, word and colour, never by colour alone. */
export function RiskBadge({ risk, long = false }: { risk: Risk; long?: boolean }) {
  const [shape, word] = SHAPES[risk];
  return (
    <span className={`risk ${risk}`}>
      <span aria-hidden="true">{shape}</span>
      {word}
      {long ? " risk" : ""}
    </span>
  );
}
