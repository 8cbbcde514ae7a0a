import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deadline } from "./calendar";
import { OfficeHours } from "./profile-schema";

const berlin = OfficeHours.parse({ zone: "Europe/Berlin", from: "09:00", to: "17:00", holidays: ["2026-12-25"] });
const nights = OfficeHours.parse({ zone: "Europe/Berlin", days: ["sun", "mon"], from: "01:00", to: "05:00" });
const end = (calendar: typeof berlin, start: string, hours: number) =>
  deadline(calendar, new Date(start), hours * 3600)
    .toISOString()
    .slice(0, 16);

describe("a deadline in office hours", () => {
  it.each([
    ["within one day", berlin, "2026-06-01T08:00:00Z", 2, "2026-06-01T10:00"],
    ["from before they begin", berlin, "2026-06-01T03:00:00Z", 1, "2026-06-01T08:00"],
    ["from after they end, on the next day", berlin, "2026-06-01T16:00:00Z", 1, "2026-06-02T08:00"],
    ["to the minute they end", berlin, "2026-06-01T14:00:00Z", 1, "2026-06-01T15:00"],
    ["over a weekend", berlin, "2026-06-05T14:30:00Z", 1, "2026-06-08T07:30"],
    ["over a holiday and the weekend after it", berlin, "2026-12-24T15:30:00Z", 1, "2026-12-28T08:30"],
    ["over the change to summer time", berlin, "2026-03-27T15:30:00Z", 1, "2026-03-30T07:30"],
    ["over the change to winter time", berlin, "2026-10-23T14:30:00Z", 1, "2026-10-26T08:30"],
    ["in the night an hour is skipped: three hours are open, not four", nights, "2026-03-28T23:00:00Z", 3, "2026-03-29T03:00"],
    ["… and the fourth is on Monday", nights, "2026-03-28T23:00:00Z", 4, "2026-03-30T00:00"],
    ["in the night an hour comes twice: five hours are open", nights, "2026-10-24T22:00:00Z", 5, "2026-10-25T04:00"],
    ["over several days", berlin, "2026-06-01T07:00:00Z", 20, "2026-06-03T11:00"],
  ])("%s", (_name, calendar, start, hours, expected) => {
    expect(end(calendar, start, hours)).toBe(expected);
  });

  it("begins at the jump where the clock skips its first minute", () => {
    const skipped = OfficeHours.parse({ zone: "Europe/Berlin", days: ["sun"], from: "02:30", to: "05:00" });
    expect(end(skipped, "2026-03-28T12:00:00Z", 1)).toBe("2026-03-29T02:00");
  });

  it("is in another zone where the office is", () => {
    const auckland = OfficeHours.parse({ zone: "Pacific/Auckland", from: "09:00", to: "17:00" });
    expect(end(auckland, "2026-06-01T00:00:00Z", 6)).toBe("2026-06-01T22:00");
  });

  it("ends within a year even where nobody ever works", () => {
    const holidays = Array.from({ length: 366 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10));
    const closed = OfficeHours.parse({ zone: "UTC", from: "09:00", to: "10:00", holidays });
    expect(end(closed, "2026-01-01T00:00:00Z", 100)).toBe("2027-01-02T00:00");
  });

  it("lies in office hours, never before the plain one, and later for more time", () => {
    const start = fc.date({ min: new Date("2026-01-01"), max: new Date("2027-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(start, fc.integer({ min: 10, max: 100_000 }), (from, seconds) => {
        const at = deadline(berlin, from, seconds);
        expect(at.getTime()).toBeGreaterThanOrEqual(from.getTime() + seconds * 1000);
        expect(deadline(berlin, from, seconds + 60).getTime()).toBeGreaterThanOrEqual(at.getTime() + 60_000);
        const shown = at.toLocaleTimeString("en-GB", { timeZone: "Europe/Berlin" });
        expect(shown >= "09:00:00" && shown <= "17:00:00").toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
