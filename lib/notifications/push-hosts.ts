import { context } from "@/lib/platform/context";

/** The browsers' own push services; `.` in front stands for any host below. */
const KNOWN = [
  "fcm.googleapis.com",
  "updates.push.services.mozilla.com",
  ".push.services.mozilla.com",
  ".notify.windows.com",
  ".push.apple.com",
];

/**
 * May we send to this endpoint? Only HTTPS to a known push service on its usual port, or to a host the operator listed
 * (`LICET_PUSH_HOSTS`, for a push service of their own). Whoever subscribes cannot make Licet call anything else.
 */
export function isPushEndpoint(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const url = new URL(endpoint);
  if (url.username || url.password) return false;
  if (context().config.pushHosts.includes(url.host) && /^https?:$/.test(url.protocol)) return true;
  if (url.protocol !== "https:" || url.port !== "") return false;
  return KNOWN.some((host) => (host.startsWith(".") ? url.hostname.endsWith(host) : url.hostname === host));
}
