// All it takes to guard an agent: ask before acting, act only on "approved". Node's own fetch, nothing to install.
import { setTimeout as sleep } from "node:timers/promises";

const TRIES = 30;
const ANSWER_MS = 60_000;

/**
 * Asks, and waits until it is decided.
 * @param {{ url: string, key: string }} licet
 * @param {{ tool: string, arguments: object, reason: string, session_id: string }} call
 * @param {{ onWaiting?: (approval: object) => void }} [options]  told once when a person must decide
 * @returns {Promise<object>} the request, decided. Only `status === "approved"` is a yes
 * @throws when there is no decision to be had: no answer is never a yes
 */
export async function ask(licet, call, { onWaiting } = {}) {
  // The same key for every try: asking again after a lost answer does not ask twice.
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  let approval = await send(licet, "/api/v1/approvals", { method: "POST", body: JSON.stringify(call), headers });
  if (approval.status === "pending") onWaiting?.(approval);
  const end = performance.now() + (approval.seconds_left ?? 0) * 1000 + ANSWER_MS;
  while (approval.status === "pending") {
    if (performance.now() > end) throw new Error("The deadline passed without a decision.");
    const asked = performance.now();
    approval = await send(licet, approval.links.self, { headers: { Prefer: "wait=50" } });
    // Answered at once though nothing was decided: the server is stopping. It says when to ask again.
    if (approval.status === "pending" && performance.now() - asked < 1000) await sleep((approval.retry_after ?? 2) * 1000);
  }
  return approval;
}

/** Tries again what is worth another try: no whole answer, 429, 502 to 504. Every other refusal is thrown. */
async function send({ url, key }, path, { headers, ...init }) {
  for (let tries = 1; ; tries++) {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const request = { ...init, signal, redirect: "error", headers: { Authorization: `Bearer ${key}`, ...headers } };
    const response = await fetch(new URL(path, url), request).catch(() => null);
    const answer = (await response?.json().catch(() => null)) ?? null;
    if (response?.ok && answer) return answer;
    const passing = !response || response.ok || [429, 502, 503, 504].includes(response.status);
    if (!passing || tries === TRIES)
      throw new Error(answer?.detail ?? answer?.title ?? `Licet did not answer (${response?.status ?? url}).`);
    await sleep((Number(response?.headers.get("retry-after")) || 1) * 1000);
  }
}
