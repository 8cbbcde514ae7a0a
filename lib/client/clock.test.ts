import { describe, expect, it, vi } from "vitest";

describe("the server's clock on a page", () => {
  it("is this device's before any answer, then the server's, and never goes back", async () => {
    vi.useFakeTimers({ toFake: ["performance", "Date"], now: Date.parse("2030-01-01T00:00:00Z") });
    try {
      const { serverNow, setServerClock } = await import("./clock");
      expect(new Date(serverNow()).toISOString()).toBe("2030-01-01T00:00:00.000Z");
      setServerClock("2026-11-24T10:00:00.000Z");
      expect(new Date(serverNow()).toISOString()).toBe("2026-11-24T10:00:00.000Z");
      vi.advanceTimersByTime(4_000);
      setServerClock("2026-11-24T10:00:01.000Z"); // an answer that was three seconds under way
      setServerClock("nonsense");
      expect(new Date(serverNow()).toISOString()).toBe("2026-11-24T10:00:04.000Z");
      setServerClock("2026-11-24T10:00:06.000Z");
      expect(new Date(serverNow()).toISOString()).toBe("2026-11-24T10:00:06.000Z");
    } finally {
      vi.useRealTimers();
    }
  });
});
