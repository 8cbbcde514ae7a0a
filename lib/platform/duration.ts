const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/**
 * Parses a duration as people write it in `licet.yaml`: `90s`, `5m`, `1h30m`, `30d`, or whole seconds as a number.
 * @returns seconds, or null when it is not a duration
 */
export function parseDuration(input: unknown): number | null {
  if (typeof input === "number") return Number.isSafeInteger(input) && input >= 0 ? input : null;
  if (typeof input !== "string") return null;
  if (/^\d{1,9}$/.test(input)) return Number(input);
  const match = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s)?$/.exec(input);
  if (!match || input === "") return null;
  const [, d, h, m, s] = match;
  return Number(d ?? 0) * UNITS.d + Number(h ?? 0) * UNITS.h + Number(m ?? 0) * UNITS.m + Number(s ?? 0);
}

/** Seconds in words, the shortest exact form: 90 → "90 s", 300 → "5 min", 5400 → "1 h 30 min", 2592000 → "30 days". */
export function describeDuration(seconds: number): string {
  if (seconds < 120 && seconds % 60 !== 0) return `${seconds} s`;
  const days = Math.floor(seconds / UNITS.d);
  const hours = Math.floor((seconds % UNITS.d) / UNITS.h);
  const minutes = Math.floor((seconds % UNITS.h) / UNITS.m);
  const rest = seconds % UNITS.m;
  const parts = [
    days && `${days} ${days === 1 ? "day" : "days"}`,
    hours && `${hours} h`,
    minutes && `${minutes} min`,
    rest && `${rest} s`,
  ].filter(Boolean);
  return parts.join(" ") || "0 s";
}
