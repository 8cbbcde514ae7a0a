// Licet's service worker: shows pushes, and an honest page when there is no connection. It keeps nothing of what it shows.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => event.waitUntil(receive(event.data)));

async function receive(data) {
  const message = read(data);
  // Shown first, whatever comes: a push that shows nothing costs the permission.
  await self.registration.showNotification(message.title, {
    body: message.body,
    tag: message.tag,
    icon: "/icon-192.png",
    badge: "/icon-192.png",
    requireInteraction: message.actions.length > 0,
    actions: message.actions,
    data: { path: message.path },
  });
  if (!message.receipt) return;
  // The server learns that this device really showed it. The receipt says which: nobody may be signed in by now.
  await fetch("/api/v1/devices/confirm", {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ receipt: message.receipt }),
  }).catch(() => {});
}

const PLAIN = { title: "Approval needed", body: "Open to review.", tag: "licet", path: "/inbox", actions: [] };

/** What to show of a push: the risk and the end, in this device's clock, and nothing else. */
function read(data) {
  try {
    const { notification, request, receipt } = data.json();
    const { title, body, tag, navigate } = notification;
    const shown = { title, body, tag, receipt, path: new URL(navigate, self.location.origin).pathname, actions: [] };
    if (!request) return shown;
    const ends = new Date(request.expires_at);
    if (ends.getTime() <= Date.now()) return { ...shown, title: "A request has ended", body: "It came too late to be decided here." };
    return {
      ...shown,
      body: `Ends ${ends.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}. Open to review.`,
      actions: [
        { action: "open", title: "Open" },
        { action: "deny", title: "Deny" },
      ],
    };
  } catch {
    return PLAIN;
  }
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { path } = event.notification.data ?? PLAIN;
  // Deny is one more tap on the page: only a signed-in person decides.
  event.waitUntil(open(path, event.action === "deny" ? "?deny=1" : ""));
});

/** In a window that shows it already, else in the one used last, else in a new one. */
async function open(path, search) {
  const windows = (await self.clients.matchAll({ type: "window", includeUncontrolled: true })).filter(
    (client) => new URL(client.url).origin === self.location.origin,
  );
  const shows = windows.find((client) => new URL(client.url).pathname === path);
  for (const client of shows ? [shows] : windows) {
    await client.focus().catch(() => {});
    // Not loaded anew: something may be typed there.
    if (client === shows && !search) return;
    if (await client.navigate(path + search).catch(() => null)) return;
  }
  await self.clients.openWindow(path + search);
}

const OFFLINE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>No connection · Licet</title>
<style>
  body { margin: 0; font: 14px/1.45 ui-sans-serif, system-ui, sans-serif; color: light-dark(#1a1b1e, #ededea); background: light-dark(#f7f7f5, #131416); }
  main { max-width: 440px; margin: 12vh auto 0; padding: 0 20px; }
  h1 { font-size: 22px; letter-spacing: -0.01em; }
  a { color: light-dark(#1f4fd8, #8fb0ff); }
</style>
<main>
  <h1>No connection</h1>
  <p>Licet cannot be reached from here. The clocks go on at the server; nothing was decided, and nothing is sent later by itself.</p>
  <p><a href="">Try again</a></p>
</main>
</html>`;

self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(
    fetch(event.request).catch(() => new Response(OFFLINE, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } })),
  );
});
