import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ROLES } from "@/lib/people/roles";
import { problemOf } from "@/tests/support/problem";
import { addTenant } from "@/tests/support/tenants";
import { World, type Agent, type Person } from "@/tests/support/world";

let world: World;
let kim: Person;
let olga: Person;
let agent: Agent;
let nth = 0;
const open: Stream[] = [];

beforeAll(async () => {
  world = await World.start();
  kim = await world.person("Kim");
});
afterAll(async () => {
  for (const stream of open) await stream.close();
  await world.stop();
});
beforeEach(async () => {
  olga = await world.person(`Olga ${++nth}`, ["owner"]);
  agent = await world.agent(`bot-${nth}`, olga);
});

interface Event {
  event: string;
  id?: string;
  data: { id?: string; status?: string; risk?: string; revision?: number };
}

/** An event stream as a page reads it. */
class Stream {
  private text = "";
  private readonly events: Event[] = [];
  private readonly reader: ReadableStreamDefaultReader<string>;
  readonly ended: Promise<void>;

  constructor(
    readonly response: Response,
    private readonly abort: AbortController,
  ) {
    if (!response.body) throw new Error("no stream");
    this.reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    this.ended = this.read().catch(() => {});
  }

  static async open(person: { fetch: Person["fetch"] }, lastId?: string): Promise<Stream> {
    const abort = new AbortController();
    const headers: Record<string, string> = lastId === undefined ? {} : { "last-event-id": lastId };
    const stream = new Stream(await person.fetch("/api/v1/events", { headers, signal: abort.signal }), abort);
    open.push(stream);
    return stream;
  }

  /** The first event about this request, once it is there. */
  async about(id: string, status?: string): Promise<Event> {
    const found = () => this.events.find(({ data }) => data.id === id && (status === undefined || data.status === status));
    await expect.poll(found, { timeout: 10_000 }).toBeDefined();
    return found() as Event;
  }

  heardOf(id: string): boolean {
    return this.events.some(({ data }) => data.id === id);
  }

  heard(event: string): boolean {
    return this.events.some((each) => each.event === event);
  }

  async close(): Promise<void> {
    this.abort.abort();
    await this.ended;
  }

  private async read(): Promise<void> {
    for (let next = await this.reader.read(); !next.done; next = await this.reader.read()) {
      this.text += next.value;
      const blocks = this.text.split("\n\n");
      this.text = blocks.pop() ?? "";
      for (const block of blocks) {
        const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/, 2)));
        if (fields.event) this.events.push({ event: fields.event, id: fields.id, data: JSON.parse(fields.data) as Event["data"] });
      }
    }
  }
}

const ask = async (as = agent) => (await as.ask({ arguments: { id: `u_${++nth}` } })).body;

describe("the event stream", () => {
  it("says which request changed, in ids and states alone", async () => {
    const stream = await Stream.open(kim);
    expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
    expect(stream.response.headers.get("cache-control")).toBe("no-store");
    const approval = await ask();
    expect(await stream.about(approval.id)).toEqual({
      event: "request",
      id: expect.stringMatching(/^\d{13}$/),
      data: { id: approval.id, revision: 1, status: "pending", risk: "high" },
    });
    await world.decide(kim, approval, "deny");
    expect((await stream.about(approval.id, "denied")).data.revision).toBe(2);
  });

  it("tells an owner of their own agents' requests only, and another tenant nothing", async () => {
    const tenant = await addTenant(world.database.admin, "other");
    const stranger = await world.person("Stranger", [...ROLES], tenant);
    const elsewhere = await world.agent("their-bot", await world.person("Their Owner", ["owner"], tenant), undefined, tenant);
    const owner = await world.person(`Another owner ${nth}`, ["owner"]);
    const [mine, theirs, strangers] = [await Stream.open(olga), await Stream.open(owner), await Stream.open(stranger)];
    const approval = await ask();
    const last = await ask(await world.agent(`bot-of-another-${nth}`, owner));
    const foreign = await ask(elsewhere);
    await mine.about(approval.id);
    await theirs.about(last.id);
    await strangers.about(foreign.id);
    expect([mine.heardOf(last.id), theirs.heardOf(approval.id)]).toEqual([false, false]);
    expect([strangers.heardOf(approval.id), mine.heardOf(foreign.id)]).toEqual([false, false]);
  });

  it("goes on where it was: with Last-Event-ID comes what was missed, and nothing is lost in between", async () => {
    const first = await Stream.open(kim);
    const { id: lastId } = await first.about((await ask()).id);
    await first.close();
    const missed = await ask();
    const second = await Stream.open(kim, lastId);
    // Asked while the stream opens, some before it has looked back and some after.
    const meanwhile = Promise.all(Array.from({ length: 10 }, () => ask()));
    const streams = await Promise.all(Array.from({ length: 5 }, () => Stream.open(kim, lastId)));
    for (const stream of [second, ...streams]) for (const { id } of [missed, ...(await meanwhile)]) await stream.about(id);
    for (const stream of [second, ...streams]) await stream.close();
  });

  it("takes no notice of a place that is none of ours", async () => {
    for (const lastId of ["x", "-1", "1e9", "99999999999999999999"]) {
      const stream = await Stream.open(kim, lastId);
      await stream.about((await ask()).id);
      expect(stream.heard("resync")).toBe(false);
      await stream.close();
    }
  });

  it("is told to read everything again when the database's connection was lost in between", async () => {
    const stream = await Stream.open(kim);
    await world.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'licet_listener' and datname = current_database()",
    );
    await expect.poll(() => stream.heard("resync"), { timeout: 10_000 }).toBe(true);
    await stream.about((await ask()).id);
  });

  it.each<[string, (person: Person, admin: Person) => Promise<Response>]>([
    ["signs out everywhere", (person) => person.fetch("/api/v1/session/sign-out-everywhere", { method: "POST" })],
    ["is disabled", (person, admin) => admin.fetch(`/api/v1/people/${person.id}`, { method: "PATCH", json: { status: "disabled" } })],
    ["loses a role", (person, admin) => admin.fetch(`/api/v1/people/${person.id}`, { method: "PATCH", json: { roles: ["owner"] } })],
  ])("ends by itself when its person %s", async (_name, act) => {
    const person = await world.person(`Leaving ${++nth}`, ["approver"]);
    const admin = await world.person(`Admin ${nth}`, ["admin"]);
    const [stream, stays] = [await Stream.open(person), await Stream.open(admin)];
    expect((await act(person, admin)).ok).toBe(true);
    await stream.ended;
    await stays.about((await ask()).id);
    await stays.close();
  });

  it("is open twenty times at most for one person, however fast they come; a closed one makes room", async () => {
    const person = await world.person(`Many ${++nth}`, ["approver"]);
    const headers = { "last-event-id": String(Date.now()) };
    const abort = new AbortController();
    const answers = await Promise.all(Array.from({ length: 30 }, () => person.fetch("/api/v1/events", { headers, signal: abort.signal })));
    const refused = answers.filter(({ status }) => status === 429);
    expect([answers.length - refused.length, refused.length]).toEqual([20, 10]);
    expect(await problemOf(refused[0] as Response)).toMatchObject({ code: "too_many_streams", retry_after: 5 });
    abort.abort();
    await expect.poll(async () => (await Stream.open(person)).response.status).toBe(200);
  });

  it("is not opened by HEAD, nor for a key or nobody", async () => {
    const person = await world.person(`Head ${++nth}`, ["approver"]);
    for (let i = 0; i < 25; i++) expect((await person.fetch("/api/v1/events", { method: "HEAD" })).status).toBe(200);
    expect((await Stream.open(person)).response.status).toBe(200);
    expect((await agent.fetch("/api/v1/events")).status).toBe(403);
    expect((await world.fetcher({})("/api/v1/events")).status).toBe(401);
  });
});
