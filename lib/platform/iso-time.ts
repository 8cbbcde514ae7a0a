/** The rows of one call share their times: the last few are remembered. */
const recent = new Map<string, string>();
const MOST = 64;

/**
 * A time as PostgreSQL writes it (`2026-11-23 18:00:00.123456+00`, or with a T in JSON) as ISO 8601 in UTC with
 * milliseconds; `infinity` stays as it is.
 */
export function isoTime(text: string): string {
  const known = recent.get(text);
  if (known !== undefined) return known;
  const date = new Date(text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
  const iso = Number.isNaN(date.getTime()) ? text : date.toISOString();
  if (recent.size >= MOST) recent.clear();
  recent.set(text, iso);
  return iso;
}
