import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { problemOf } from "@/tests/support/problem";
import { PASSWORD, World, type Person } from "@/tests/support/world";
import { verifySignIn } from "./sign-in";

let world: World;
let ada: Person;
let kim: Person;
let nth = 0;

beforeAll(async () => {
  world = await World.start({ LICET_LOG_LEVEL: "error" });
  ada = await world.person("Ada", ["admin"]);
});
afterAll(() => world.stop());
beforeEach(async () => {
  kim = await world.person(`Kim ${++nth}`, ["approver"]);
});

const nobody = (path: string, json: unknown) => world.fetcher({})(path, { method: "POST", json });
const whoIs = async (person: { fetch: Person["fetch"] }) => (await person.fetch("/api/v1/session")).status;
const patch = (id: string, json: object, by = ada) => by.fetch(`/api/v1/people/${id}`, { method: "PATCH", json });
/** Another browser of the same person. */
async function anotherSession(person: Person): Promise<Person> {
  const cookie = await world.cookie(person.accountId);
  return { ...person, cookie, fetch: world.fetcher({ cookie }) };
}

describe("an invitation", () => {
  const invite = async (email: string, by = ada) => {
    const answer = await by.fetch("/api/v1/invitations", { method: "POST", json: { email, name: "Ben", roles: ["auditor", "approver"] } });
    const { id, link } = (await answer.json()) as { id: string; link: string };
    return { status: answer.status, id, link: new URL(link).pathname.replace("/invite/", "") };
  };
  const accept = (link: string, more: object = {}) =>
    nobody("/api/v1/invitations/accept", { link, name: "Ben Boon", password: PASSWORD, ...more });
  const gone = { status: 410, code: "invitation_gone" };

  it("makes the person it names, once, with the roles it names", async () => {
    const { link } = await invite("Ben@Example.org");
    expect((await accept(link)).status).toBe(204);
    const rows = await world.sql<object>("select name, email, roles, status from people where email = 'ben@example.org'");
    expect(rows).toEqual([{ name: "Ben Boon", email: "ben@example.org", roles: ["approver", "auditor"], status: "active" }]);
    expect(await verifySignIn("ben@example.org", PASSWORD, "10.1.0.1")).not.toBeNull();
    expect(await problemOf(accept(link))).toMatchObject(gone);
    const [record] = await world.sql<object>(
      "select actor_kind, actor_id, detail ->> 'via' as via from audit_records where event = 'config.people.insert' and detail -> 'after' ->> 'email' = 'ben@example.org'",
    );
    expect(record).toEqual({ actor_kind: "person", actor_id: ada.id, via: "invitation" });
  });

  it("makes one person, however often it is accepted at once", async () => {
    const { link } = await invite("many@example.org");
    const answers = await Promise.all(Array.from({ length: 5 }, () => accept(link)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 410, 410, 410, 410]);
  });

  it("is kept as a hash: neither the table, its audit record nor any list says the link", async () => {
    const { link } = await invite("quiet@example.org");
    const secret = link.split(".")[1] ?? "";
    expect(secret).toHaveLength(43);
    const [row] = await world.sql<{ text: string }>(
      "select string_agg(i::text, '') || (select string_agg(a::text, '') from audit_records a) as text from invitations i",
    );
    expect(row?.text).not.toContain(secret);
    expect(await (await ada.fetch("/api/v1/people")).text()).not.toContain(secret);
  });

  it("is void when it was withdrawn and when the same address was invited anew", async () => {
    const withdrawn = await invite("one@example.org");
    expect((await ada.fetch(`/api/v1/invitations/${withdrawn.id}`, { method: "DELETE" })).status).toBe(204);
    expect((await ada.fetch(`/api/v1/invitations/${withdrawn.id}`, { method: "DELETE" })).status).toBe(404);
    const first = await invite("two@example.org");
    const second = await invite("two@example.org");
    for (const { link } of [withdrawn, first]) expect(await problemOf(accept(link))).toMatchObject(gone);
    expect((await accept(second.link)).status).toBe(204);
  });

  it("is void after seven days", async () => {
    await world.keepSignedIn();
    const { link } = await invite(`week${nth}@example.org`);
    await world.moveClock(7 * 86_400);
    expect(await problemOf(accept(link))).toMatchObject(gone);
    await world.moveClock(-60);
    expect((await accept(link)).status).toBe(204);
    await world.moveClock(60 - 7 * 86_400);
  });

  it("is refused for made-up links, other tenants' names and links of a wrong shape alike", async () => {
    const { link } = await invite(`shape${nth}@example.org`);
    const secret = link.split(".")[1] ?? "";
    for (const wrong of ["", secret, `other.${secret}`, `default.${"A".repeat(43)}`, `${link}x`, "../../etc", "default."]) {
      expect(await problemOf(accept(wrong))).toMatchObject(gone);
    }
  });

  it("neither takes over an account that exists nor invites who is here already", async () => {
    expect(
      await problemOf(ada.fetch("/api/v1/invitations", { method: "POST", json: { email: kim.email, roles: ["admin"] } })),
    ).toMatchObject({ status: 409, code: "already_member" });
    const email = `late${nth}@example.org`;
    const { link } = await invite(email);
    await world.sql("insert into accounts (email, name, password_hash) values ($1, 'Late', '$argon2id$x')", [email]);
    expect(await problemOf(accept(link))).toMatchObject({ status: 409, code: "account_exists" });
    const [account] = await world.sql<object>("select password_hash from accounts where email = $1", [email]);
    expect(account).toEqual({ password_hash: "$argon2id$x" });
  });

  it("needs a good password, or none at all for single sign-on", async () => {
    const { link } = await invite(`sso${nth}@example.org`);
    expect(await problemOf(accept(link, { password: "password1234" }))).toMatchObject({
      status: 422,
      code: "weak_password",
      pointers: ["/password"],
    });
    expect(await problemOf(accept(link, { password: `sso${nth}@example.org` }))).toMatchObject({ code: "weak_password" });
    expect((await accept(link, { password: null })).status).toBe(204);
    expect(await verifySignIn(`sso${nth}@example.org`, "", "10.1.0.2")).toBeNull();
  });

  it("comes from admins alone, and lists for who may see people", async () => {
    expect(
      await problemOf(kim.fetch("/api/v1/invitations", { method: "POST", json: { email: "x@example.org", roles: ["owner"] } })),
    ).toMatchObject({ status: 403, code: "role_needed" });
    expect((await kim.fetch("/api/v1/people")).status).toBe(403);
    const { id } = await invite(`open${nth}@example.org`);
    const auditor = await world.person(`Aud ${nth}`, ["auditor"]);
    const { invitations } = (await (await auditor.fetch("/api/v1/people")).json()) as { invitations: { id: string }[] };
    expect(invitations.map((invitation) => invitation.id)).toContain(id);
    expect((await auditor.fetch(`/api/v1/invitations/${id}`, { method: "DELETE" })).status).toBe(403);
  });
});

describe("roles and access", () => {
  it("take effect with the next request", async () => {
    expect((await kim.fetch("/api/v1/agents", { method: "POST", json: {} })).status).toBe(403);
    expect((await patch(kim.id, { roles: ["admin", "approver"] })).status).toBe(204);
    expect((await kim.fetch("/api/v1/agents", { method: "POST", json: {} })).status).toBe(422);
    expect((await patch(kim.id, { roles: ["approver"] })).status).toBe(204);
    expect((await kim.fetch("/api/v1/agents", { method: "POST", json: {} })).status).toBe(403);
  });

  it.each([{ roles: [] }, { roles: ["king"] }, { status: "gone" }, { name: "X" }])("cannot be %j", async (json) => {
    expect((await patch(kim.id, json)).status).toBe(422);
  });

  it("always leave an admin who can sign in: the last one keeps role and access, also when two step down at once", async () => {
    const last = { status: 409, code: "last_admin" };
    expect(await problemOf(patch(ada.id, { roles: ["owner"] }))).toMatchObject(last);
    expect(await problemOf(patch(ada.id, { status: "disabled" }))).toMatchObject(last);
    const second = await world.person(`Second ${nth}`, ["admin"]);
    const answers = await Promise.all([patch(ada.id, { roles: ["owner"] }, ada), patch(second.id, { roles: ["owner"] }, second)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    const stays = answers[0]?.status === 409 ? ada : second;
    expect((await patch(ada.id, { roles: ["admin"] }, stays)).status).toBe(204);
    if (stays === second) expect((await patch(second.id, { roles: ["owner"] }, ada)).status).toBe(204);
  });

  it("end at once when somebody is disabled: every session, and nothing comes back when they are enabled again", async () => {
    const phone = await anotherSession(kim);
    expect([await whoIs(kim), await whoIs(phone)]).toEqual([200, 200]);
    await patch(kim.id, { status: "disabled" });
    expect([await whoIs(kim), await whoIs(phone)]).toEqual([401, 401]);
    await patch(kim.id, { status: "active" });
    expect([await whoIs(kim), await whoIs(phone)]).toEqual([401, 401]);
    expect(await whoIs(await anotherSession(kim))).toBe(200);
  });
});

describe("a session", () => {
  const hash = async (person: Person) => {
    const [row] = await world.sql<{ id: string }>(
      "select encode(id_hash, 'hex') as id from sessions where account_id = $1 and ended_at is null order by created_at desc limit 1",
      [person.accountId],
    );
    return row?.id;
  };

  it("ends 30 minutes after it was last used", async () => {
    const session = await anotherSession(kim);
    const id = await hash(kim);
    await world.sql("update sessions set last_seen_at = now() - interval '29 minutes' where encode(id_hash, 'hex') = $1", [id]);
    expect(await whoIs(session)).toBe(200);
    const [seen] = await world.sql<{ ago: number }>(
      "select extract(epoch from now() - last_seen_at)::float as ago from sessions where encode(id_hash, 'hex') = $1",
      [id],
    );
    expect(seen?.ago).toBeLessThan(30);
    await world.sql("update sessions set last_seen_at = now() - interval '30 minutes' where encode(id_hash, 'hex') = $1", [id]);
    expect(await whoIs(session)).toBe(401);
  });

  it("ends after 12 hours, however busy", async () => {
    const session = await anotherSession(kim);
    const id = await hash(kim);
    const [row] = await world.sql<{ hours: number }>(
      "select extract(epoch from expires_at - created_at)::float / 3600 as hours from sessions where encode(id_hash, 'hex') = $1",
      [id],
    );
    expect(row?.hours).toBeCloseTo(12);
    await world.sql("update sessions set expires_at = now() where encode(id_hash, 'hex') = $1", [id]);
    expect(await whoIs(session)).toBe(401);
  });

  it("is listed with the person's others and ends with them, everywhere, and nobody else's does", async () => {
    const phone = await anotherSession(kim);
    const { items } = (await (await phone.fetch("/api/v1/sessions")).json()) as { items: { current: boolean; user_agent: string }[] };
    expect(items.map(({ current }) => current).sort()).toEqual([false, true]);
    const answer = await phone.fetch("/api/v1/session/sign-out-everywhere", { method: "POST" });
    expect(await answer.json()).toEqual({ ended: 2 });
    expect([await whoIs(kim), await whoIs(phone), await whoIs(ada)]).toEqual([401, 401, 200]);
  });
});

describe("a password", () => {
  const change = (person: Person, json: object) => person.fetch("/api/v1/session/password", { method: "POST", json });

  it("is changed with the old one, and every other session of the person ends", async () => {
    const phone = await anotherSession(kim);
    expect(await problemOf(change(kim, { current: "violet-otter-sinks", password: "a long new sentence" }))).toMatchObject({
      status: 403,
      code: "wrong_password",
    });
    expect(await problemOf(change(kim, { current: PASSWORD, password: "qwertyuiop123" }))).toMatchObject({
      status: 422,
      code: "weak_password",
    });
    expect([await whoIs(kim), await whoIs(phone)]).toEqual([200, 200]);
    expect((await change(kim, { current: PASSWORD, password: "a long new sentence" })).status).toBe(204);
    expect([await whoIs(kim), await whoIs(phone), await whoIs(ada)]).toEqual([200, 401, 200]);
    expect(await verifySignIn(kim.email, PASSWORD, "10.1.0.3")).toBeNull();
    expect(await verifySignIn(kim.email, "a long new sentence", "10.1.0.3")).toBe(kim.accountId);
    const [record] = await world.sql<object>(
      "select actor_kind, actor_id, detail from audit_records where event = 'session.password_changed' and resource_id = $1",
      [`people/${kim.id}`],
    );
    expect(record).toEqual({ actor_kind: "person", actor_id: kim.id, detail: {} });
  });

  it("is locked as a sign-in is, when somebody tries others at an open browser", async () => {
    await world.freezeClock();
    for (let i = 1; i <= 6; i++) expect((await change(kim, { current: "wrong", password: "a long new sentence" })).status).toBe(403);
    const answer = await change(kim, { current: PASSWORD, password: "a long new sentence" });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "1"]);
  });

  it("is not asked of who has none", async () => {
    await world.sql("update accounts set password_hash = null where id = $1", [kim.accountId]);
    expect(await problemOf(change(kim, { current: PASSWORD, password: "a long new sentence" }))).toMatchObject({
      status: 409,
      code: "no_password",
    });
  });
});
