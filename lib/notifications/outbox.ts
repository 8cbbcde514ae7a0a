import { door, doorValue } from "@/lib/db/door";
import { describeDuration } from "@/lib/platform/duration";
import { logger } from "@/lib/platform/logger";
import { sendPush, type Device } from "./push";

interface Claimed {
  id: string;
  request_id: string;
  person_id: string;
  attempts: number;
  expires_at: string;
  seconds_left: number;
  reached: boolean;
  devices: Device[];
}

const BATCH = 50;
const MOST_ATTEMPTS = 6;
/** 2, 4, 8, 16, 32 s: within a high-risk request's five minutes. */
const retryIn = (attempt: number) => 2 ** attempt;
/** No push this close to the deadline: nobody could act on it. */
const LEAST_SECONDS = 5;

/**
 * Delivers what this tenant's outbox holds and is due. Each ends as sent, superseded (decided meanwhile), unreachable
 * (nobody has a device) or failed for good.
 * @returns how many were claimed
 */
export async function deliverOutbox(tenant: string): Promise<number> {
  const claimed = await door<Claimed>(tenant, "claim_outbox", [BATCH]);
  await Promise.all(
    claimed.map((entry) =>
      deliver(tenant, entry).catch((error: Error) => {
        // The claim ends by itself after a minute, then it is tried again.
        logger.warn({ error: error.message, outbox: entry.id }, "a notification could not be delivered");
      }),
    ),
  );
  return claimed.length;
}

async function deliver(tenant: string, entry: Claimed): Promise<void> {
  const settle = (outcome: string | null, detail: string | null, retry: number | null = null) =>
    doorValue(tenant, "settle_outbox", [entry.id, outcome, detail, retry]);
  if (entry.seconds_left <= LEAST_SECONDS) return void (await settle("superseded", "too close to the deadline"));
  if (!entry.devices.length) return void (await (entry.reached ? settle("sent", null) : settle("unreachable", "no device")));
  const message = {
    title: "Approval needed, high risk",
    body: `Ends in ${describeDuration(roundDown(entry.seconds_left))}. Open to review.`,
    path: `/approvals/${entry.request_id}`,
    tag: entry.request_id,
    request: { id: entry.request_id, expires_at: entry.expires_at },
    to: { tenant, person: entry.person_id },
  };
  const outcomes = await Promise.all(
    entry.devices.map(async (device) => {
      const { outcome, status } = await sendPush(device, message, entry.seconds_left - LEAST_SECONDS);
      const last = outcome === "retry" && entry.attempts >= MOST_ATTEMPTS;
      await doorValue(tenant, "record_delivery", [entry.id, device.id, entry.attempts, last ? "failed" : outcome, status]);
      return last ? "failed" : outcome;
    }),
  );
  if (outcomes.includes("retry")) await settle(null, null, retryIn(entry.attempts));
  else if (entry.reached || outcomes.includes("sent")) await settle("sent", null);
  else await settle("failed", outcomes.join(", "));
}

/** "4 min", not "4 min 53 s": it is read a moment later. */
const roundDown = (seconds: number) => (seconds >= 60 ? seconds - (seconds % 60) : seconds);
