import { createECDH, randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Approval } from "@/lib/approvals/schema";
import { deliverOutbox } from "@/lib/notifications/outbox";
import { FIRST_TENANT } from "@/lib/people/setup";
import { World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let service: Server;
let kim: Person;
let lee: Person;
let agent: Agent;
let asked = 0;

/** What the push service answers next, by path; and what it was sent. */
const answers = new Map<string, number>();
let pushes: string[] = [];
/** The push service answers once this is done. */
let held: Promise<void> = Promise.resolve();

beforeAll(async () => {
  service = createServer((request, response) => {
    pushes.push(request.url ?? "");
    request.resume();
    void held.then(() => response.writeHead(answers.get(request.url ?? "") ?? 201).end());
  });
  await new Promise<void>((done) => service.listen(0, "127.0.0.1", done));
  world = await World.start({ LICET_PUSH_HOSTS: `127.0.0.1:${(service.address() as AddressInfo).port}`, LICET_LOG_LEVEL: "error" });
  kim = await world.person("Kim", ["approver"]);
  lee = await world.person("Lee", ["approver"]);
  await world.chain("default", [{ people: [kim], after: 60 }, { people: [lee] }]);
  await addDevice(kim, "/kim");
  await world.freezeClock();
  await world.keepSignedIn();
});
afterAll(async () => {
  await world.stop();
  await new Promise((done) => service.close(done));
});

beforeEach(async () => {
  // Nothing of an earlier test is still to be told, or due.
  await world.moveClock(900);
  await world.tick();
  await deliver();
  agent = await world.agent(`bot-${++asked}`, await world.person(`Olga ${asked}`, ["owner"]));
  answers.clear();
  pushes = [];
});

async function addDevice(person: Person, path: string): Promise<void> {
  const key = createECDH("prime256v1");
  key.generateKeys();
  const endpoint = `http://127.0.0.1:${(service.address() as AddressInfo).port}${path}`;
  const keys = { p256dh: key.getPublicKey("base64url"), auth: randomBytes(16).toString("base64url") };
  expect((await person.fetch("/api/v1/devices", { method: "POST", json: { endpoint, keys, label: path } })).status).toBeLessThan(300);
}

const aDeletion = async () => (await agent.ask({ arguments: { id: `u_${++asked}` } })).body;

interface Told {
  attempts: number;
  outcome: string | null;
  due_in: number | null;
  looked_at_in: number;
}

/** The notification to this person, and in how many seconds the scheduler will look at this tenant. */
async function told(approval: Approval, person = kim): Promise<Told | undefined> {
  const [row] = await world.sql<Told>(
    `select attempts, outcome, case when settled_at is null then extract(epoch from due_at - door_clock())::float end as due_in,
       extract(epoch from d.next_due - door_clock())::float as looked_at_in
     from outbox o join due d using (tenant_id) where request_id = $1 and person_id = $2`,
    [approval.id, person.id],
  );
  return row;
}

const deliver = () => deliverOutbox(FIRST_TENANT);

describe("a notification", () => {
  it("reaches the device once at each level, and only at high risk", async () => {
    await agent.ask({ tool: "orders.refund", arguments: { id: "o" } });
    const deletion = await aDeletion();
    await deliver();
    await deliver();
    expect(pushes).toEqual(["/kim"]);
    expect(await told(deletion)).toMatchObject({ attempts: 1, outcome: "sent" });
    await addDevice(lee, "/lee");
    await world.moveClock(60);
    await world.tick();
    await deliver();
    await deliver();
    expect(pushes).toEqual(["/kim", "/lee"]);
  });

  it("is claimed once, however many schedulers look at the same moment", async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => aDeletion()));
    await Promise.all(Array.from({ length: 4 }, deliver));
    expect(pushes).toHaveLength(10);
    for (const deletion of all) expect(await told(deletion)).toMatchObject({ attempts: 1, outcome: "sent" });
  });

  it("is tried again, each time after twice as long, and the scheduler knows when", async () => {
    answers.set("/kim", 503);
    const deletion = await aDeletion();
    for (const wait of [2, 4, 8]) {
      await deliver();
      await world.tick();
      const row = await told(deletion);
      expect(row).toMatchObject({ outcome: null, due_in: wait });
      expect(row?.looked_at_in).toBeLessThanOrEqual(wait);
      await deliver();
      expect((await told(deletion))?.attempts).toBe(row?.attempts);
      await world.moveClock(wait);
    }
    answers.set("/kim", 201);
    await deliver();
    expect(await told(deletion)).toMatchObject({ attempts: 4, outcome: "sent" });
    expect(pushes).toHaveLength(4);
  });

  it("wakes the scheduler for its retry also where that had looked further ahead meanwhile", async () => {
    answers.set("/kim", 503);
    const deletion = await aDeletion();
    // Claimed for a minute, and the scheduler looks in between: next due in a minute.
    let answer = () => {};
    held = new Promise((done) => (answer = done));
    const delivering = deliver();
    await expect.poll(() => pushes).toHaveLength(1);
    await world.tick();
    expect((await told(deletion))?.looked_at_in).toBe(60);
    answer();
    await delivering;
    expect((await told(deletion))?.looked_at_in).toBeLessThanOrEqual(2);
  });

  it("is given up after six attempts, on the record", async () => {
    answers.set("/kim", 503);
    const deletion = await aDeletion();
    for (let attempt = 1; attempt <= 6; attempt++) {
      await deliver();
      await world.moveClock(2 ** attempt);
    }
    expect(await told(deletion)).toMatchObject({ attempts: 6, outcome: "failed" });
    const [record] = await world.sql<object>(
      "select event, result_status from audit_records where request_id = $1 and event like 'notification.%'",
      [deletion.id],
    );
    expect(record).toEqual({ event: "notification.failed", result_status: "error" });
  });

  it("counts as sent when one of a person's devices took it; the others are tried on", async () => {
    await addDevice(kim, "/kim/phone");
    answers.set("/kim", 503);
    const deletion = await aDeletion();
    await deliver();
    expect(await told(deletion)).toMatchObject({ outcome: null });
    answers.set("/kim", 400);
    await world.moveClock(2);
    await deliver();
    expect(await told(deletion)).toMatchObject({ attempts: 2, outcome: "sent" });
    expect(pushes.toSorted()).toEqual(["/kim", "/kim", "/kim/phone"]);
    await world.sql("delete from subscriptions where endpoint like '%/kim/phone'");
  });

  it("is claimed again after a minute when who claimed it died, and is not called sent because of that", async () => {
    const deletion = await aDeletion();
    // What a scheduler does before it dies.
    await world.sql("update outbox set due_at = door_clock() + interval '1 minute', attempts = 1 where request_id = $1", [deletion.id]);
    await deliver();
    expect(pushes).toEqual([]);
    await world.sql("update subscriptions set person_id = $1 where endpoint like '%/kim'", [lee.id]);
    await world.moveClock(60);
    await deliver();
    expect(await told(deletion)).toMatchObject({ attempts: 2, outcome: "unreachable" });
    await world.sql("update subscriptions set person_id = $1 where endpoint like '%/kim'", [kim.id]);
  });

  it("is superseded by a decision", async () => {
    const deletion = await aDeletion();
    await world.decide(kim, deletion, "deny");
    await deliver();
    expect(pushes).toEqual([]);
    expect(await told(deletion)).toMatchObject({ outcome: "superseded" });
  });

  it("forgets a device that the push service no longer knows", async () => {
    await addDevice(kim, "/kim/gone");
    answers.set("/kim/gone", 410);
    await aDeletion();
    await deliver();
    const [left] = await world.sql<{ n: number }>("select count(*)::int as n from subscriptions where endpoint like '%/kim/gone'");
    expect(left?.n).toBe(0);
  });

  it("ends as unreachable where nobody has a device", async () => {
    await world.chain("default", [{ people: [await world.person("Nora", ["approver"])] }]);
    const deletion = await aDeletion();
    await deliver();
    const [row] = await world.sql<object>("select outcome from outbox where request_id = $1", [deletion.id]);
    expect(row).toEqual({ outcome: "unreachable" });
  });
});
