import { z } from "@hono/zod-openapi";
import { addDevice, confirmDevice, DeviceInput, listDevices, removeDevice, testDevice } from "@/lib/notifications/devices";
import { vapidKeys } from "@/lib/notifications/vapid";
import { personOnly, publicRoute } from "../authenticate";
import { router } from "../environment";
import { problems } from "../problem";
import { body, IdParam, json, noContent, route, SECURITY } from "../route";

export const devices = router();

const Device = z
  .object({
    id: z.uuid(),
    label: z.string(),
    created_at: z.iso.datetime(),
    sent_at: z.iso.datetime().nullable(),
    received_at: z.iso.datetime().nullable(),
    unconfirmed: z.number().describe("Pushes the service took and the device has not confirmed"),
  })
  .openapi("Device");

devices.openapi(
  route({
    method: "get",
    path: "/devices",
    tags: ["Devices"],
    summary: "Your devices, and the key a browser subscribes with",
    security: SECURITY.person,
    middleware: personOnly(),
    request: {},
    responses: {
      200: json(z.object({ items: z.array(Device), public_key: z.string().describe("VAPID, base64url") })),
      ...problems(401, 503),
    },
  }),
  async (c) => {
    const [items, { publicKey }] = await Promise.all([listDevices(c.get("person")), vapidKeys()]);
    return c.json({ items, public_key: publicKey }, 200);
  },
);

devices.openapi(
  route({
    method: "post",
    path: "/devices",
    tags: ["Devices"],
    summary: "Let this browser be pushed to",
    security: SECURITY.person,
    middleware: personOnly(),
    request: { body: body(DeviceInput) },
    responses: { 201: json(z.object({ id: z.uuid() })), ...problems(400, 401, 403, 422, 503) },
  }),
  async (c) => c.json({ id: await addDevice(c.get("person"), c.req.valid("json")) }, 201),
);

devices.openapi(
  route({
    method: "delete",
    path: "/devices/{id}",
    tags: ["Devices"],
    summary: "Forget a device",
    security: SECURITY.person,
    middleware: personOnly(),
    request: { params: IdParam },
    responses: { ...noContent, ...problems(401, 404, 503) },
  }),
  async (c) => {
    await removeDevice(c.get("person"), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

devices.openapi(
  route({
    method: "post",
    path: "/devices/{id}/test",
    tags: ["Devices"],
    summary: "Send a push that says it is a test",
    security: SECURITY.person,
    middleware: personOnly(),
    request: { params: IdParam },
    responses: {
      200: json(
        z.object({
          outcome: z.enum(["sent", "gone", "retry", "failed"]),
          status: z.number().nullable().describe("What the push service answered"),
        }),
      ),
      ...problems(401, 404, 503),
    },
  }),
  async (c) => c.json(await testDevice(c.get("person"), c.req.valid("param").id), 200),
);

devices.openapi(
  route({
    method: "post",
    path: "/devices/confirm",
    tags: ["Devices"],
    summary: "The service worker says that it showed a push",
    description: "By the receipt in that push alone: whoever is woken at night is not signed in any more.",
    security: SECURITY.nobody,
    middleware: publicRoute,
    request: { body: body(z.strictObject({ receipt: z.string().max(4000) })) },
    responses: { ...noContent, ...problems(400, 403, 404, 422, 503) },
  }),
  async (c) => {
    await confirmDevice(c.req.valid("json").receipt);
    return c.body(null, 204);
  },
);
