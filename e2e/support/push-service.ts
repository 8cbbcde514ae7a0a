import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { expect } from "@playwright/test";
import { PushApiModel, SubscriptionExpiredError } from "web-push-testing/src/PushApiModel.js";

export interface Push {
  headers: IncomingHttpHeaders;
  /** Decrypted with the subscription's own keys. */
  text: string;
}

/**
 * A push service as a browser's maker runs one (RFC 8030), on loopback: `web-push-testing` makes the subscriptions' keys,
 * decrypts what arrives (RFC 8291) and refuses what was not signed with the key they were made for (RFC 8292).
 */
export class PushService {
  private readonly model = new PushApiModel();
  private readonly pushes = new Map<string, Push[]>();
  /** What it refused, in its own words. */
  readonly refused: string[] = [];

  private constructor(
    private readonly server: Server,
    /** For LICET_PUSH_HOSTS. */
    readonly host: string,
  ) {
    this.model.notifyUrl = `http://${host}/notify/`;
  }

  static async start(): Promise<PushService> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const service = new PushService(server, `127.0.0.1:${port}`);
    server.on("request", (request, response) => void service.answer(request, response));
    return service;
  }

  async stop(): Promise<void> {
    await new Promise((done) => this.server.close(done));
  }

  /** What `PushManager.subscribe` asks a push service for. @param key  the sender's public key, base64url */
  async subscribe(key: string): Promise<{ endpoint: string; keys: { p256dh: string; auth: string } }> {
    const { endpoint, keys } = await this.model.subscribe({ userVisibleOnly: "true", applicationServerKey: key });
    return { endpoint, keys };
  }

  /** The browser unsubscribed: from now on 410. */
  expire(endpoint: string): void {
    this.model.expireSubscription(idOf(endpoint));
  }

  isOver(endpoint: string): boolean {
    return this.model.isSubscriptionExpired(idOf(endpoint));
  }

  /** Waits for this subscription's push number `count`, counted from 1. */
  async received(endpoint: string, count: number): Promise<Push> {
    const taken = () => this.pushes.get(idOf(endpoint)) ?? [];
    await expect.poll(() => taken().length, { message: `pushes taken; refused: ${this.refused.join(", ")}` }).toBeGreaterThanOrEqual(count);
    const push = taken()[count - 1];
    if (!push) throw new Error(`There is no push ${count}.`);
    return push;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers } = request;
    const id = idOf(request.url ?? "");
    const body = await buffer(request);
    try {
      await this.model.handleNotification(
        id,
        { encoding: headers["content-encoding"], authorization: headers.authorization, ttl: String(headers.ttl) },
        body,
      );
      this.pushes.set(id, [...(this.pushes.get(id) ?? []), { headers, text: this.model.messages[id]?.at(-1) ?? "" }]);
      response.writeHead(201).end();
    } catch (error) {
      this.refused.push(String(error));
      response.writeHead(error instanceof SubscriptionExpiredError ? 410 : 403).end();
    }
  }
}

const idOf = (address: string) => address.slice(address.lastIndexOf("/") + 1);
