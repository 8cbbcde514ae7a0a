import webpush from "web-push";
import { doorValue } from "@/lib/db/door";
import { context } from "@/lib/platform/context";
import { seal, unseal } from "@/lib/platform/secret";
import { singleton } from "@/lib/platform/singleton";

interface VapidKeys {
  publicKey: string;
  privateKey: string;
}

const holder = singleton<{ keys: Promise<VapidKeys> | null }>("vapid", () => ({ keys: null }));

/**
 * The installation's VAPID pair (RFC 8292): made at the first start, kept sealed in the database, the same for every
 * replica. A subscription is bound to it.
 */
export function vapidKeys(): Promise<VapidKeys> {
  holder.keys ??= load().catch((error) => {
    holder.keys = null;
    throw error;
  });
  return holder.keys;
}

async function load(): Promise<VapidKeys> {
  const { secret } = context();
  const known = await doorValue<string | null>(null, "install_key", ["vapid", null]);
  const sealed =
    known ?? (await doorValue<string>(null, "install_key", ["vapid", seal(secret, "vapid", JSON.stringify(webpush.generateVAPIDKeys()))]));
  return JSON.parse(unseal(secret, "vapid", sealed)) as VapidKeys;
}
