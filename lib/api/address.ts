import type { IncomingMessage } from "node:http";

/**
 * The client's network address: the socket's, or, behind so many trusted proxies, what the outermost of them saw.
 * @param trustedProxies  `LICET_TRUSTED_PROXIES`; headers are ignored when it is 0
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const socket = request.socket.remoteAddress ?? "";
  if (!trustedProxies) return socket;
  const seen = [request.headers["x-forwarded-for"] ?? []]
    .flat()
    .join(",")
    .split(",")
    .map((address) => address.trim())
    .filter(Boolean);
  return seen.at(-trustedProxies) ?? socket;
}
