"use client";
import { api, ApiError } from "./api";

export type PushState = "unsupported" | "needs-home-screen" | "denied" | "off" | "on";

/** Under which id the server knows this browser. */
const DEVICE = "licet.device";

export const thisDevice = () => localStorage.getItem(DEVICE);

/** Whether this browser can be pushed to, and is subscribed at its push service. */
export async function pushState(): Promise<PushState> {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    return isApplePhone() ? "needs-home-screen" : "unsupported";
  }
  if (Notification.permission === "denied") return "denied";
  return (await subscription()) ? "on" : "off";
}

/** An iPad says that it is a Mac; no Mac has a touch screen. */
const isApplePhone = () =>
  /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

const subscription = async () => (await navigator.serviceWorker.getRegistration())?.pushManager.getSubscription();

/**
 * Asks for permission (only after the page explained what for), subscribes and tells the server.
 * @throws Error in words for the person
 */
export async function turnPushOn(publicKey: string): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") {
    throw new Error("The browser was told not to allow it. Nothing was saved; its site settings can undo that.");
  }
  const made = await subscribe(publicKey);
  const { id } = await api<{ id: string }>("/devices", { method: "POST", json: { ...made.toJSON(), label: deviceName() } });
  localStorage.setItem(DEVICE, id);
}

async function subscribe(publicKey: string): Promise<PushSubscription> {
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: publicKey };
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    // Left over from another installation at this address, whose key it is bound to.
    const stale = error instanceof DOMException && error.name === "InvalidStateError" ? await pushManager.getSubscription() : null;
    if (stale) {
      await stale.unsubscribe();
      return pushManager.subscribe(options);
    }
    throw new Error("This browser’s push service could not be reached. Nothing was saved. Try again later, or with another browser.", {
      cause: error,
    });
  }
}

/** This browser is forgotten here and at its push service. */
export async function turnPushOff(): Promise<void> {
  const id = thisDevice();
  if (id) {
    await api(`/devices/${id}`, { method: "DELETE" }).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    });
  }
  await endSubscription();
}

/** For whoever leaves this browser: it may be somebody else's next. */
export async function endSubscription(): Promise<void> {
  localStorage.removeItem(DEVICE);
  if ("serviceWorker" in navigator) await (await subscription())?.unsubscribe();
}

/** "Chrome on Android": enough to tell one's own devices apart. */
function deviceName(): string {
  const agent = navigator.userAgent;
  const browser = /Edg\//.test(agent) ? "Edge" : /Firefox\//.test(agent) ? "Firefox" : /Chrome\//.test(agent) ? "Chrome" : "Safari";
  const system = ["iPhone", "iPad", "Android", "Windows", "Mac", "Linux"].find((name) => agent.includes(name)) ?? "a device";
  return `${browser} on ${system}`;
}
