import { expect, type CDPSession, type Page, type Worker } from "@playwright/test";
import type { PushService } from "./push-service";

interface Shown {
  title: string;
  body: string;
  tag: string;
  actions: string[];
}

/**
 * Makes this page's browser subscribe at our push service instead of its maker's, which a test cannot reach. Everything
 * else stays the browser's own: permission, service worker, notifications. Call it before the first `goto`.
 */
export async function subscribeAt(page: Page, service: PushService, origin: string): Promise<void> {
  await page.context().grantPermissions(["notifications"], { origin });
  await page.exposeFunction("subscribeAtTest", (key: string) => service.subscribe(key));
  await page.exposeFunction("unsubscribeAtTest", (endpoint: string) => service.expire(endpoint));
  await page.addInitScript(() => {
    const kept = "subscription of this test";
    const test = window as unknown as {
      subscribeAtTest: (key: unknown) => Promise<PushSubscriptionJSON>;
      unsubscribeAtTest: (endpoint: unknown) => Promise<void>;
    };
    const current = () => {
      const text = localStorage.getItem(kept);
      if (text === null) return null;
      const subscription = JSON.parse(text) as PushSubscriptionJSON;
      const unsubscribe = async () => {
        localStorage.removeItem(kept);
        await test.unsubscribeAtTest(subscription.endpoint);
        return true;
      };
      return { ...subscription, toJSON: () => subscription, unsubscribe } as unknown as PushSubscription;
    };
    PushManager.prototype.getSubscription = () => Promise.resolve(current());
    PushManager.prototype.subscribe = async (options) => {
      if (current() === null) localStorage.setItem(kept, JSON.stringify(await test.subscribeAtTest(options?.applicationServerKey)));
      const made = current();
      if (made === null) throw new Error("The subscription was not kept.");
      return made;
    };
  });
}

/** The service worker of a page, driven as the browser drives it when a push arrives or a notification is clicked. */
export class PushedBrowser {
  private constructor(
    private readonly page: Page,
    private readonly protocol: CDPSession,
    private readonly worker: Worker,
    private readonly registrationId: string,
  ) {}

  /** Waits for the page's service worker. */
  static async of(page: Page): Promise<PushedBrowser> {
    const protocol = await page.context().newCDPSession(page);
    const registered = new Promise<string>((done) => {
      protocol.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
        const [first] = registrations;
        if (first) done(first.registrationId);
      });
    });
    await protocol.send("ServiceWorker.enable");
    const registrationId = await registered;
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    const worker = page.context().serviceWorkers()[0] ?? (await page.context().waitForEvent("serviceworker"));
    return new PushedBrowser(page, protocol, worker, registrationId);
  }

  /** A push arrives: the browser has decrypted it and wakes the worker. */
  async deliver(text: string): Promise<void> {
    const { origin } = new URL(this.page.url());
    await this.protocol.send("ServiceWorker.deliverPushMessage", { origin, registrationId: this.registrationId, data: text });
  }

  /** Waits for the notification with this tag. */
  async shown(tag: string): Promise<Shown> {
    let found: Shown | undefined;
    await expect
      .poll(async () => (found = (await this.notifications()).find((each) => each.tag === tag)), { message: `a notification ${tag}` })
      .toBeDefined();
    if (!found) throw new Error(`No notification ${tag} is shown.`);
    return found;
  }

  notifications(): Promise<Shown[]> {
    return this.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map((each) => ({
        title: each.title,
        body: each.body,
        tag: each.tag,
        actions: ((each as unknown as { actions?: { action: string }[] }).actions ?? []).map(({ action }) => action),
      }));
    });
  }

  /**
   * Clicks the notification or one of its buttons. The protocol has no click, so the worker's own handler gets the event
   * with the real notification; only `waitUntil`, which such an event may not call, is ours.
   */
  async click(tag: string, action = ""): Promise<void> {
    await this.worker.evaluate(
      async ({ tag, action }) => {
        const scope = self as unknown as { registration: ServiceWorkerRegistration } & EventTarget;
        const [notification] = await scope.registration.getNotifications({ tag });
        if (!notification) throw new Error(`No notification ${tag} is shown.`);
        const event = Object.assign(new Event("notificationclick"), { notification, action });
        const work: Promise<unknown>[] = [];
        Object.assign(event, { waitUntil: (promise: Promise<unknown>) => work.push(promise) });
        scope.dispatchEvent(event);
        await Promise.all(work);
      },
      { tag, action },
    );
  }
}
