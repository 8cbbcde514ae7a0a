import { z } from "@hono/zod-openapi";
import { door, doorValue } from "@/lib/db/door";
import { readTenant } from "@/lib/db/tenant";
import type { SignedIn } from "@/lib/people/schema";
import { problem } from "@/lib/platform/problem";
import { isPushEndpoint } from "./push-hosts";
import { sendPush, type Device, type PushOutcome } from "./push";
import { readReceipt } from "./receipt";

export const unknownPushService = problem(
  "unknown_push_service",
  422,
  "That push service is not known here. An operator can add it (LICET_PUSH_HOSTS).",
);
export const noSuchDevice = problem("no_such_device", 404, "There is no such device of yours.");

const base64url = (bytes: number) =>
  z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}={0,2}$`), `is not ${bytes} bytes in base64url`);

/** What `PushSubscription.toJSON()` gives, and a name for the list. */
export const DeviceInput = z
  .strictObject({
    endpoint: z.url().max(1000),
    expirationTime: z.number().nullish(),
    keys: z.strictObject({ p256dh: base64url(65), auth: base64url(16) }),
    label: z.string().trim().max(200).default(""),
  })
  .openapi("DeviceInput");
export type DeviceInput = z.infer<typeof DeviceInput>;

export interface ListedDevice {
  id: string;
  label: string;
  created_at: string;
  sent_at: string | null;
  received_at: string | null;
  /** Pushes accepted by the service that the device has not confirmed: three make it doubtful. */
  unconfirmed: number;
}

/** @throws unknownPushService */
export async function addDevice(person: SignedIn, input: DeviceInput): Promise<string> {
  if (!isPushEndpoint(input.endpoint)) throw unknownPushService();
  const { endpoint, keys, label } = input;
  return doorValue<string>(person.tenant, "add_device", [person.personId, person.sessionHash, endpoint, keys.p256dh, keys.auth, label]);
}

export async function listDevices(person: SignedIn): Promise<ListedDevice[]> {
  return readTenant(person.tenant, async (client) => {
    const { rows } = await client.query<ListedDevice>(
      "select id, label, created_at, sent_at, received_at, unconfirmed from subscriptions where tenant_id = $1 and person_id = $2 order by created_at",
      [person.tenant, person.personId],
    );
    return rows;
  });
}

/** @throws noSuchDevice */
export async function removeDevice(person: SignedIn, id: string): Promise<void> {
  if (!(await doorValue<boolean>(person.tenant, "remove_device", [person.personId, id]))) throw noSuchDevice();
}

/** Sends a push that says it is one. @throws noSuchDevice */
export async function testDevice(person: SignedIn, id: string): Promise<PushOutcome> {
  const [device] = await door<Device>(person.tenant, "find_device", [person.personId, id]);
  if (!device) throw noSuchDevice();
  const outcome = await sendPush(
    device,
    {
      title: "Licet can reach this device",
      body: "This is a test. Nothing waits for you.",
      path: "/settings",
      tag: "test",
      to: { tenant: person.tenant, person: person.personId },
    },
    60,
  );
  if (outcome.outcome === "gone") await removeDevice(person, id);
  return outcome;
}

/** The service worker says that it showed a push, by the receipt that was in it. @throws noSuchDevice */
export async function confirmDevice(text: string): Promise<void> {
  const receipt = readReceipt(text);
  const known = receipt && (await doorValue<boolean>(receipt.tenant, "confirm_device", [receipt.person, receipt.endpoint]));
  if (!known) throw noSuchDevice();
}
