// All it takes to guard an agent: ask before acting, act only on "approved". Node's own fetch, nothing to install.

/**
 * Asks, and waits until it is decided.
 * @param {{ url: string, key: string }} licet
 * @param {{ tool: string, arguments: object, reason: string, session_id: string }} call
 * @param {{ onWaiting?: (approval: object) => void }} [options]  told once when a person must decide
 * @returns {Promise<object>} the request, decided. Only `status === "approved"` is a yes
 */
export async function ask(licet, call, { onWaiting } = {}) {
  const body = JSON.stringify(call);
  // The same key for every try: asking again after a lost answer does not ask twice.
  const key = crypto.randomUUID();
  let approval = await send(licet, "/api/v1/approvals", { method: "POST", body, headers: { "Idempotency-Key": key } });
  if (approval.status === "pending") onWaiting?.(approval);
  while (approval.status === "pending") {
    approval = await send(licet, approval.links.self, { headers: { Prefer: "wait=50" } });
  }
  return approval;
}

/** Tries again what is worth another try: no answer, 429 and 503. Every other refusal is thrown: no answer is never a yes. */
async function send(licet, path, init, tries = 30) {
  const headers = { Authorization: `Bearer ${licet.key}`, ...(init.body ? { "Content-Type": "application/json" } : {}), ...init.headers };
  const response = await fetch(new URL(path, licet.url), { ...init, headers }).catch(() => null);
  if (response?.ok) return response.json();
  const passing = response === null || response.status === 429 || response.status === 503;
  const problem = response && (await response.json().catch(() => ({})));
  if (!passing || tries === 0) throw new Error(problem?.detail ?? problem?.title ?? "Licet did not answer.");
  const seconds = Number(response?.headers.get("retry-after") ?? 1);
  await new Promise((done) => setTimeout(done, seconds * 1000));
  return send(licet, path, init, tries - 1);
}
