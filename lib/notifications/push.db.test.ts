import { createPublicKey, verify } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FIRST_TENANT } from "@/lib/people/setup";
import { PushService } from "@/e2e/support/push-service";
import { problemOf } from "@/tests/support/problem";
import { World, type Agent, type Person } from "@/tests/support/world";
import { deliverOutbox } from "./outbox";
import { isPushEndpoint } from "./push-hosts";

let service: PushService;
let world: World;
let kim: Person;
let agent: Agent;
let publicKey: string;
let asked = 0;

beforeAll(async () => {
  service = await PushService.start();
  world = await World.start({
    LICET_PUSH_HOSTS: service.host,
    LICET_VAPID_SUBJECT: "mailto:licet@example.org",
    LICET_PUBLIC_URL: "https://licet.example.org",
    LICET_LOG_LEVEL: "error",
  });
  kim = await world.person("Kim Adler", ["approver"]);
  await world.keepSignedIn();
});
afterAll(async () => {
  await world.stop();
  await service.stop();
});

beforeEach(async () => {
  await world.sql("delete from subscriptions");
  agent = await world.agent(`support-bot-${++asked}`, await world.person(`Olga ${asked}`, ["owner"]));
  publicKey = ((await (await kim.fetch("/api/v1/devices")).json()) as { public_key: string }).public_key;
});

const add = (person: Person, endpoint: string, keys: object) =>
  person.fetch("/api/v1/devices", { method: "POST", json: { endpoint, keys, label: "phone" } });

async function subscribe(person = kim): Promise<{ id: string; endpoint: string }> {
  const { endpoint, keys } = await service.subscribe(publicKey);
  const { id } = (await (await add(person, endpoint, keys)).json()) as { id: string };
  return { id, endpoint };
}

interface Listed {
  id: string;
  sent_at: string | null;
  received_at: string | null;
  unconfirmed: number;
}
const list = async (person = kim) => ((await (await person.fetch("/api/v1/devices")).json()) as { items: Listed[] }).items;
const deliver = () => deliverOutbox(FIRST_TENANT);
const ask = (id = `u_${++asked}`) => agent.ask({ arguments: { id }, reason: "the customer's words, secret-4711" });
const confirm = (receipt: string) => world.fetcher({})("/api/v1/devices/confirm", { method: "POST", json: { receipt } });

describe("a push", () => {
  it("is encrypted for the device, and says the risk and an opaque id: no argument, no name, no word of the agent's", async () => {
    const { endpoint } = await subscribe();
    const { body: approval } = await ask("u_48213");
    await deliver();
    const { text, headers } = await service.received(endpoint, 1);
    const { receipt, ...payload } = JSON.parse(text) as { receipt: string };
    expect(payload).toEqual({
      web_push: 8030,
      notification: {
        title: "Approval needed, high risk",
        body: expect.stringMatching(/^Ends in \d+ min\. Open to review\.$/),
        navigate: `https://licet.example.org/approvals/${approval.id}`,
        tag: approval.id,
      },
      request: { id: approval.id, expires_at: approval.expires_at },
    });
    for (const word of ["u_48213", "users", "delete", "support-bot", "Kim", "Olga", "secret-4711", "customer"]) {
      expect(text).not.toContain(word);
      expect(receipt).not.toContain(word);
    }
    expect(headers["content-encoding"]).toBe("aes128gcm");
    expect(headers.urgency).toBe("high");
    expect(headers.topic).toMatch(/^[\w-]{32}$/);
    expect(Number(headers.ttl)).toBeGreaterThan(60);
    expect(Number(headers.ttl)).toBeLessThanOrEqual(300);
  });

  it("is signed for its push service, with the key the browser subscribed with (RFC 8292)", async () => {
    const { endpoint } = await subscribe();
    await ask();
    await deliver();
    const { headers } = await service.received(endpoint, 1);
    const [, token = "", key] = /^vapid t=([^,]+), ?k=(.+)$/.exec(headers.authorization ?? "") ?? [];
    expect(key).toBe(publicKey);
    const [head = "", claims = "", signature = ""] = token.split(".");
    const point = Buffer.from(publicKey, "base64url");
    const jwk = { kty: "EC", crv: "P-256", x: point.subarray(1, 33).toString("base64url"), y: point.subarray(33).toString("base64url") };
    const signed = verify(
      "sha256",
      Buffer.from(`${head}.${claims}`),
      { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
      Buffer.from(signature, "base64url"),
    );
    expect(signed).toBe(true);
    const { aud, exp, sub } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { aud: string; exp: number; sub: string };
    expect(aud).toBe(new URL(endpoint).origin);
    expect(sub).toBe("mailto:licet@example.org");
    expect(exp - Date.now() / 1000).toBeGreaterThan(0);
    expect(exp - Date.now() / 1000).toBeLessThanOrEqual(24 * 3600);
    expect(service.refused).toEqual([]);
  });

  it("for a test says that it is one, and the device is listed with what became of it", async () => {
    const { id, endpoint } = await subscribe();
    expect(await list()).toMatchObject([{ id, sent_at: null, received_at: null, unconfirmed: 0 }]);
    const answer = await kim.fetch(`/api/v1/devices/${id}/test`, { method: "POST" });
    expect(await answer.json()).toEqual({ outcome: "sent", status: 201 });
    const { text } = await service.received(endpoint, 1);
    expect(JSON.parse(text)).toMatchObject({ notification: { title: "Licet can reach this device", tag: "test" }, request: null });
  });

  it("is confirmed by the receipt inside it, without a session; a made-up receipt is nobody's", async () => {
    const { endpoint } = await subscribe();
    await ask();
    await deliver();
    expect(await list()).toMatchObject([{ sent_at: expect.any(String), received_at: null, unconfirmed: 1 }]);
    const { receipt } = JSON.parse((await service.received(endpoint, 1)).text) as { receipt: string };
    for (const wrong of ["", "x", receipt.slice(0, -4), receipt.replace(/^./, (first) => (first === "A" ? "B" : "A"))]) {
      expect((await problemOf(confirm(wrong))).status).toBe(404);
    }
    expect(await list()).toMatchObject([{ received_at: null, unconfirmed: 1 }]);
    expect((await confirm(receipt)).status).toBe(204);
    expect(await list()).toMatchObject([{ received_at: expect.any(String), unconfirmed: 0 }]);
  });
});

describe("a device", () => {
  it("is forgotten when its push service no longer knows it (410), also at a test", async () => {
    const [waked, tested] = [await subscribe(), await subscribe()];
    service.expire(waked.endpoint);
    await ask();
    await deliver();
    expect((await list()).map(({ id }) => id)).toEqual([tested.id]);
    service.expire(tested.endpoint);
    const answer = await kim.fetch(`/api/v1/devices/${tested.id}/test`, { method: "POST" });
    expect(await answer.json()).toEqual({ outcome: "gone", status: 410 });
    expect(await list()).toEqual([]);
  });

  it("is forgotten by who signs out everywhere, changes their password or is disabled, and nobody else's is", async () => {
    const lee = await world.person("Lee", ["approver"]);
    await subscribe(lee);
    const ways: ((person: Person) => Promise<Response>)[] = [
      (person) => person.fetch("/api/v1/session/sign-out-everywhere", { method: "POST" }),
      async (person) =>
        (await world.person(`Admin ${asked}`, ["admin"])).fetch(`/api/v1/people/${person.id}`, {
          method: "PATCH",
          json: { status: "disabled" },
        }),
    ];
    for (const way of ways) {
      const person = await world.person(`Nora ${++asked}`, ["approver"]);
      await subscribe(person);
      expect((await way(person)).ok).toBe(true);
      const [left] = await world.sql<{ n: number }>("select count(*)::int as n from subscriptions where person_id = $1", [person.id]);
      expect(left?.n).toBe(0);
    }
    expect(await list(lee)).toHaveLength(1);
  });

  it("belongs to who signed in on it last", async () => {
    const lee = await world.person(`Lee ${++asked}`, ["approver"]);
    const { endpoint, keys } = await service.subscribe(publicKey);
    await add(kim, endpoint, keys);
    await add(lee, endpoint, keys);
    expect([(await list(kim)).length, (await list(lee)).length]).toEqual([0, 1]);
  });

  it("is not pushed to any more once the session it was added from has ended", async () => {
    await subscribe();
    await world.sql("update sessions s set ended_at = now() from people p where p.account_id = s.account_id and p.id = $1", [kim.id]);
    const { body: approval } = await ask();
    await deliver();
    const [told] = await world.sql<{ outcome: string }>("select outcome from outbox where request_id = $1 and person_id = $2", [
      approval.id,
      kim.id,
    ]);
    expect(told?.outcome).toBe("unreachable");
    await world.sql("update sessions set ended_at = null");
  });
});

describe("where a push may go", () => {
  const keys = { p256dh: "B".padEnd(87, "A"), auth: "A".repeat(22) };

  it.each([
    "http://127.0.0.1:1/admin",
    "http://localhost/",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/",
    "https://fcm.googleapis.com:8443/x",
    "http://fcm.googleapis.com/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evil.example/fcm.googleapis.com",
    "https://user:password@fcm.googleapis.com/x",
    "https://fcm.googleapis.com@evil.example/x",
    "https://evilpush.apple.com.example/x",
    "https://notify.windows.com/x",
    "https://push.apple.com/x",
    "ftp://fcm.googleapis.com/x",
    "file:///etc/passwd",
  ])("refuses %s", async (endpoint) => {
    expect(isPushEndpoint(endpoint)).toBe(false);
    const answer = await problemOf(add(kim, endpoint, keys));
    expect(answer).toMatchObject({ status: 422 });
    expect(await list()).toEqual([]);
  });

  it.each([
    "https://fcm.googleapis.com/fcm/send/x",
    "https://updates.push.services.mozilla.com/wpush/v2/x",
    "https://web.push.apple.com/x",
    "https://wns2-by3p.notify.windows.com/w/?token=x",
  ])("takes %s", async (endpoint) => {
    expect(isPushEndpoint(endpoint)).toBe(true);
    expect((await add(kim, endpoint, keys)).status).toBe(201);
  });

  it("does not send to a device whose host the operator has taken off the list since", async () => {
    const { id } = await subscribe();
    await world.sql("update subscriptions set endpoint = 'http://127.0.0.1:1/inside' where id = $1", [id]);
    const answer = await kim.fetch(`/api/v1/devices/${id}/test`, { method: "POST" });
    expect(await answer.json()).toEqual({ outcome: "failed", status: null });
  });
});
