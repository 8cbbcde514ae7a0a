"use client";
import { api } from "./api";

export type PushState = "unsupported" | "needs-home-screen" | "denied" | "off" | "on";

/** Whether this browser can be pushed to, and is. */
export async function pushState(): Promise<PushState> {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) {
    return /iPhone|iPad/.test(navigator.userAgent) ? "needs-home-screen" : "unsupported";
  }
  if (Notification.permission === "denied") return "denied";
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ? "on" : "off";
}

/** Registers the service worker: pushes, and an honest page when there is no connection. */
export async function registerWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator)) return null;
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  return navigator.serviceWorker.ready;
}

/**
 * Asks for permission (only after the page explained what for), subscribes and tells the server.
 * @throws Error in words for the person
 */
export async function turnPushOn(publicKey: string): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") {
    throw new Error("The browser was told not to allow it. Nothing was saved; its site settings can undo that.");
  }
  const registration = await registerWorker();
  if (!registration) throw new Error("This browser cannot be pushed to.");
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  await api("/devices", { method: "POST", json: { ...subscription.toJSON(), label: deviceName() } });
}

/** This browser's subscription ends at the push service, too. */
export async function turnPushOff(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

/** "Chrome on Android": enough to tell one's own devices apart. */
function deviceName(): string {
  const agent = navigator.userAgent;
  const browser = /Edg\//.test(agent) ? "Edge" : /Firefox\//.test(agent) ? "Firefox" : /Chrome\//.test(agent) ? "Chrome" : "Safari";
  const system = ["iPhone", "iPad", "Android", "Windows", "Mac", "Linux"].find((name) => agent.includes(name)) ?? "a device";
  return `${browser} on ${system}`;
}
