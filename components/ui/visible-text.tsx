import { visiblePieces } from "@/lib/client/visible";

/** Somebody else's text, as text: characters that cannot be seen or pass for others are shown by their number. */
export function VisibleText({ text }: { text: string }) {
  return visiblePieces(text).map((piece, index) =>
    piece.hidden ? (
      <span className="hid" key={index} title={piece.hidden.name}>
        {/* A look-alike stays readable beside its number. */}
        {piece.hidden.name === "looks like a Latin letter" ? `${piece.text} ` : ""}
        {piece.hidden.code}
      </span>
    ) : (
      <bdi key={index}>{piece.text}</bdi>
    ),
  );
}
