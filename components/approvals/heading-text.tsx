import { VisibleText } from "@/components/ui/visible-text";
import type { HeadingPart } from "@/lib/approvals/heading";

/** What would happen: the catalog's words, and the request's values set apart with every character visible. */
export function HeadingText({ parts }: { parts: HeadingPart[] }) {
  return parts.map((part, index) =>
    part.value ? (
      <em key={index}>
        <VisibleText text={part.text} />
      </em>
    ) : (
      <span key={index}>{part.text}</span>
    ),
  );
}
