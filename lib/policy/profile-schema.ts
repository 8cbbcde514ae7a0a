import { z } from "zod";
import type { Risk } from "@/lib/catalog/terms";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const Clock = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, "is not a time such as 09:00")
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const Zone = z.string().max(64).refine(isZone, "is not a time zone such as Europe/Berlin");

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const OfficeHours = z
  .strictObject({
    zone: Zone,
    days: z
      .array(z.enum(DAYS))
      .min(1)
      .max(7)
      .default(["mon", "tue", "wed", "thu", "fri"])
      .transform((names) => names.map((name) => DAYS.indexOf(name) + 1)),
    from: Clock,
    to: Clock,
    holidays: z.array(z.iso.date()).max(366).default([]),
  })
  .refine(({ from, to }) => to - from >= 60, { path: ["to"], error: "must be at least an hour after from" });

/** Working hours: days 1 (Monday) to 7, minutes since midnight in the zone. */
export type Calendar = z.infer<typeof OfficeHours>;

/** How closely somebody watches, in one word. */
export const Profile = z.union([z.enum(["watched", "on_call"]), z.strictObject({ office_hours: OfficeHours })]);
type Profile = z.infer<typeof Profile>;

/** The deadlines a profile stands for, in seconds; in office hours they count working time. */
export function profileTimes(profile: Profile): Record<Risk, number> {
  if (profile === "watched") return { low: 300, medium: 900, high: 300 };
  if (profile === "on_call") return { low: 1800, medium: 1800, high: 1800 };
  return { low: 3600, medium: 14_400, high: 3600 };
}

export const profileCalendar = (profile: Profile): Calendar | null => (typeof profile === "object" ? profile.office_hours : null);
