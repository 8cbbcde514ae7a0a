import webpush from "web-push";
import { context } from "@/lib/platform/context";
import { sha256 } from "@/lib/platform/secret";
import { isPushEndpoint } from "./push-hosts";
import { makeReceipt } from "./receipt";
import { vapidKeys } from "./vapid";

export interface Device {
  id: string;
  endpoint: string;
  p256dh: string;
  auth: string;
}

export interface PushMessage {
  title: string;
  body: string;
  /** Path on this server that opening leads to. */
  path: string;
  /** Replaces an earlier one of the same tag. */
  tag: string;
  /** The request it is about, if any: the service worker offers Deny for it. */
  request?: { id: string; expires_at: string };
  /** Whose push this is: the device shows it back to say that it was shown. */
  to: { tenant: string; person: string };
}

export type PushOutcome = { outcome: "sent" | "gone" | "retry" | "failed"; status: number | null };

const TIMEOUT_MS = 5_000;

/**
 * Sends one encrypted push (RFC 8291). The payload is declarative (`web_push: 8030`), so that it shows even where the
 * worker does not run; it holds an opaque id, the risk class and a sealed receipt, never an argument, a name or a word of the agent's.
 * @param ttl  seconds the push service may keep it
 */
export async function sendPush(device: Device, message: PushMessage, ttl: number): Promise<PushOutcome> {
  if (!isPushEndpoint(device.endpoint)) return { outcome: "failed", status: null };
  const request = await encrypt(device, message, ttl);
  try {
    const response = await fetch(request.endpoint, {
      method: "POST",
      headers: request.headers as Record<string, string>,
      body: request.body ? new Uint8Array(request.body) : null,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return { outcome: judge(response.status), status: response.status };
  } catch {
    return { outcome: "retry", status: null };
  }
}

async function encrypt(device: Device, message: PushMessage, ttl: number) {
  const { config } = context();
  const keys = await vapidKeys();
  const payload = {
    web_push: 8030,
    notification: { title: message.title, body: message.body, navigate: new URL(message.path, config.publicUrl).href, tag: message.tag },
    request: message.request ?? null,
    receipt: makeReceipt({ ...message.to, endpoint: device.endpoint }),
  };
  return webpush.generateRequestDetails(
    { endpoint: device.endpoint, keys: { p256dh: device.p256dh, auth: device.auth } },
    JSON.stringify(payload),
    {
      vapidDetails: { subject: config.vapidSubject, ...keys },
      TTL: ttl,
      urgency: "high",
      // An undelivered older message about the same thing is replaced.
      topic: sha256(message.tag).toString("base64url").slice(0, 32),
      contentEncoding: "aes128gcm",
    },
  );
}

/** RFC 8030: 201 (or 202) is taken; 404 and 410 mean the subscription is over. */
function judge(status: number): PushOutcome["outcome"] {
  if (status >= 200 && status < 300) return "sent";
  if (status === 404 || status === 410) return "gone";
  return status === 429 || status >= 500 ? "retry" : "failed";
}
