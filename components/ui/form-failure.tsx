/** What went wrong with a form, where it is sent from. */
export function FormFailure({ text }: { text: string | null }) {
  return text ? (
    <p className="wrong" role="alert">
      {text}
    </p>
  ) : null;
}
