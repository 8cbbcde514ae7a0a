declare module "web-push-testing/src/PushApiModel.js" {
  export class SubscriptionExpiredError extends Error {}

  /** Subscriptions with real keys; decrypts what is sent to one and refuses whoever is not its sender. */
  export class PushApiModel {
    notifyUrl: string;
    /** Decrypted, by client hash, oldest first. */
    messages: Record<string, string[]>;
    subscribe(options: {
      userVisibleOnly: "true" | "false";
      applicationServerKey: string;
    }): Promise<{ endpoint: string; keys: { p256dh: string; auth: string }; clientHash: string }>;
    expireSubscription(clientHash: string): void;
    isSubscriptionExpired(clientHash: string): boolean;
    handleNotification(
      clientHash: string,
      headers: { encoding?: string; authorization?: string; ttl?: string },
      body: Buffer,
    ): Promise<void>;
  }
}
