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
  const subscription = await self.registration.pushManager?.getSubscription();
  if (!subscription) return;
  // The server learns that this device really showed it.
  await fetch("/api/v1/devices/confirm", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ endpoint: subscription.endpoint }),
  }).catch(() => {});
}

const PLAIN = { title: "Approval needed", body: "Open to review.", tag: "licet", path: "/inbox", actions: [] };

function read(data) {
  try {
    const { notification, request } = data.json();
    const late = request && Date.parse(request.expires_at) <= Date.now();
    const path = new URL(notification.navigate, self.location.origin).pathname;
    const ends = request ? new Date(request.expires_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) : "";
    return {
      title: notification.title,
      body: late ? "It has ended: nobody decided in time." : request ? `Ends ${ends}. Open to review.` : notification.body,
      tag: notification.tag,
      path,
      actions:
        request && !late
          ? [
              { action: "open", title: "Open" },
              { action: "deny", title: "Deny" },
            ]
          : [],
    };
  } catch {
    return PLAIN;
  }
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { path } = event.notification.data ?? PLAIN;
  // Deny is one more tap on the page: only a signed-in person decides.
  event.waitUntil(open(event.action === "deny" ? `${path}?deny=1` : path));
});

async function open(path) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const client of windows) {
    if (new URL(client.url).origin !== self.location.origin) continue;
    await client.focus().catch(() => {});
    const shown = await client.navigate(path).catch(() => null);
    if (shown) return;
  }
  await self.clients.openWindow(path);
}

const OFFLINE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>No connection · Licet</title>
<body><h1>No connection</h1><p>Licet cannot be reached from here. The clocks go on at the server; nothing was decided, and nothing is sent later by itself.</p><p><a href="">Try again</a></p></body></html>`;

self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(
    fetch(event.request).catch(() => new Response(OFFLINE, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } })),
  );
});
