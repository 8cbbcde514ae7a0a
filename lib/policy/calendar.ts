import type { Calendar } from "./profile-schema";

const DAY = 86_400_000;
const MINUTE = 60_000;
/** A deadline never lies further off than this, whatever the holidays are. */
const MOST_DAYS = 366;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const options = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
  const made = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", calendar: "iso8601", ...options });
  formats.set(zone, made);
  return made;
}

/** What clocks in the zone show at an instant, as if it were UTC. */
function wallClock(zone: string, instant: number): number {
  const shown: Record<string, number> = {};
  for (const { type, value } of format(zone).formatToParts(instant)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/**
 * The instant at which clocks in the zone show a time: the first one where they show it twice, and where they skip it the
 * instant of the jump.
 */
function instantOf(zone: string, wall: number): number {
  const offsets = [wall - DAY, wall + DAY].map((near) => wallClock(zone, near) - near);
  const candidates = offsets.map((offset) => wall - offset).sort((a, b) => a - b);
  const exact = candidates.find((instant) => wallClock(zone, instant) === wall);
  if (exact !== undefined) return exact;
  let [before = wall - DAY, after = wall + DAY] = candidates;
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (wallClock(zone, middle) < wall) before = middle;
    else after = middle;
  }
  return after;
}

/**
 * When a deadline ends whose clock stands still outside working hours.
 * @param start  where it begins, inside or outside of them
 * @param seconds  of working time
 * @returns the instant, at most 366 days after the start
 */
export function deadline(calendar: Calendar, start: Date, seconds: number): Date {
  let left = seconds * 1000;
  const begin = start.getTime();
  const firstDay = Math.floor(wallClock(calendar.zone, begin) / DAY) * DAY;
  for (let day = 0; day <= MOST_DAYS; day++) {
    const midnight = firstDay + day * DAY;
    if (!isWorking(calendar, midnight)) continue;
    const from = Math.max(begin, instantOf(calendar.zone, midnight + calendar.from * MINUTE));
    const open = instantOf(calendar.zone, midnight + calendar.to * MINUTE) - from;
    if (open <= 0) continue;
    if (left <= open) return new Date(from + left);
    left -= open;
  }
  return new Date(begin + MOST_DAYS * DAY);
}

function isWorking({ days, holidays }: Calendar, midnight: number): boolean {
  const date = new Date(midnight);
  const weekday = date.getUTCDay() || 7;
  return days.includes(weekday) && !holidays.includes(date.toISOString().slice(0, 10));
}
