import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { clientAddress } from "./address";

function from(forwarded: string | undefined, proxies: number): string {
  const socket = new Socket();
  Object.defineProperty(socket, "remoteAddress", { value: "10.0.0.1" });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers["x-forwarded-for"] = forwarded;
  return clientAddress(request, proxies);
}

it.each<[string, string | undefined, number, string]>([
  ["the socket's, whatever a header says, where no proxy is trusted", "1.2.3.4", 0, "10.0.0.1"],
  ["what the one trusted proxy saw, and not what the client said before it", "6.6.6.6, 1.2.3.4", 1, "1.2.3.4"],
  ["what the outermost of two trusted proxies saw", "6.6.6.6, 1.2.3.4, 10.0.0.2", 2, "1.2.3.4"],
  ["the socket's where the header is missing", undefined, 1, "10.0.0.1"],
  ["the socket's where fewer proxies spoke than are trusted", "1.2.3.4", 2, "10.0.0.1"],
  ["the last one's with empty places left out", " , 1.2.3.4 , ", 1, "1.2.3.4"],
])("a client's address is %s", (_name, forwarded, proxies, address) => {
  expect(from(forwarded, proxies)).toBe(address);
});
