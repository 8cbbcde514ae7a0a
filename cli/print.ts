/** With --json one line of JSON and nothing else on stdout; otherwise words for people. */
export function print(json: boolean | undefined, data: object, words: string): void {
  console.log(json ? JSON.stringify(data) : plain(words));
}

/** What others wrote must not steer the terminal. */
export const plain = (text: string) => text.replace(/[^\P{Cc}\n]|\p{Bidi_Control}/gu, "");

/** Columns as wide as they need to be. */
export function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
