import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import NextAuth from "next-auth";
import { clientAddress } from "@/lib/api/address";
import { authOptions } from "@/lib/people/auth-options";
import { context } from "@/lib/platform/context";

/**
 * next-auth's endpoints as app/api/auth serves them, without Next.js around: the same options, its own handler for Node.
 * Any other path answers with its name.
 */
export class SignInServer {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<SignInServer> {
    const server = createServer((request, response) => {
      answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message));
    });
    await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    process.env.NEXTAUTH_URL = url;
    return new SignInServer(server, url);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const [, nextauth] = /^\/api\/auth\/(.+)$/.exec(url.pathname) ?? [];
  if (!nextauth) return void response.end(url.pathname);
  request.headers["x-licet-address"] = clientAddress(request, context().config.trustedProxies);
  const extended = Object.assign(request, {
    query: { ...Object.fromEntries(url.searchParams), nextauth: nextauth.split("/") },
    cookies: Object.fromEntries((request.headers.cookie ?? "").split("; ").map((pair) => split(pair))),
    body: Object.fromEntries(new URLSearchParams(await text(request))),
  });
  const send = (body: unknown) => response.end(typeof body === "string" ? body : JSON.stringify(body));
  const reply = Object.assign(response, {
    status: (status: number) => ((response.statusCode = status), reply),
    send,
    json: (body: unknown) => (response.setHeader("Content-Type", "application/json"), send(body)),
  });
  await NextAuth(extended as never, reply as never, authOptions());
}

function split(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), decodeURIComponent(pair.slice(at + 1))];
}
