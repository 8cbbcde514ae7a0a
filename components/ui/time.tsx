"use client";
import { useHydrated } from "@/lib/client/hydrated";

type Style = "clock" | "minute" | "day";

const FORMATS: Record<Style, Intl.DateTimeFormatOptions> = {
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  minute: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

/** A moment in the viewer's zone, UTC on hover. Until the browser has taken over, UTC. */
export function Time({ iso, style = "clock" }: { iso: string; style?: Style }) {
  const hydrated = useHydrated();
  const zone = hydrated ? {} : { timeZone: "UTC" };
  return (
    <time dateTime={iso} title={`${iso.slice(0, 19).replace("T", " ")} UTC`}>
      {new Intl.DateTimeFormat("en-GB", { ...FORMATS[style], ...zone }).format(Date.parse(iso))}
    </time>
  );
}
