import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Browser } from "@/tests/support/browser";
import { SignInServer } from "@/tests/support/sign-in-server";
import { PASSWORD, World, type Person } from "@/tests/support/world";
import { tooManyAttempts, verifySignIn } from "./sign-in";

let server: SignInServer;
let world: World;
let kim: Person;
let nth = 0;

beforeAll(async () => {
  server = await SignInServer.start();
  world = await World.start({ LICET_PUBLIC_URL: server.url, LICET_LOG_LEVEL: "error" });
  await world.freezeClock();
});
afterAll(async () => {
  await world.stop();
  await server.stop();
});

beforeEach(async () => {
  kim = await world.person(`Kim ${++nth}`, ["approver"]);
  await world.sql("delete from sign_in_failures");
});

/** As a script does: the token against forged requests, then e-mail and password. */
async function signIn(email: string, password: string, browser = new Browser()) {
  const { csrfToken } = JSON.parse((await browser.open(`${server.url}/api/auth/csrf`)).text) as { csrfToken: string };
  const answer = await browser.post(`${server.url}/api/auth/callback/credentials`, { csrfToken, email, password, json: "true" });
  const { url } = JSON.parse(answer.text) as { url: string };
  return { status: answer.status, error: new URL(url).searchParams.get("error"), browser };
}

const who = (browser: Browser) => world.fetcher({ cookie: browser.header(server.url) })("/api/v1/session");

describe("signing in over HTTP, at next-auth's own endpoints", () => {
  it("opens a session that the API knows", async () => {
    const { status, error, browser } = await signIn(kim.email, PASSWORD);
    expect([status, error]).toEqual([200, null]);
    const answer = await who(browser);
    expect(await answer.json()).toMatchObject({
      tenant: "default",
      person: { id: kim.id, email: kim.email, roles: ["approver"], has_password: true },
    });
  });

  it.each([
    ["a wrong password", () => [kim.email, "violet-otter-sinks"]],
    ["an e-mail that nobody has", () => ["nobody@example.org", PASSWORD]],
    ["an empty password", () => [kim.email, ""]],
    ["a password longer than any", () => [kim.email, "x".repeat(5000)]],
  ])("refuses %s with the same words", async (_name, input) => {
    const [email = "", password = ""] = input();
    const { status, error, browser } = await signIn(email, password);
    expect([status, error]).toEqual([401, "CredentialsSignin"]);
    expect((await who(browser)).status).toBe(401);
  });

  it("takes the e-mail in any case, and the password only as it is", async () => {
    expect((await signIn(` ${kim.email.toUpperCase()} `, PASSWORD)).error).toBeNull();
    expect((await signIn(kim.email, PASSWORD.toUpperCase())).error).toBe("CredentialsSignin");
  });

  it("refuses who is disabled, and says why to who knows the password", async () => {
    await world
      .person(`Ada ${nth}`, ["admin"])
      .then((ada) => ada.fetch(`/api/v1/people/${kim.id}`, { method: "PATCH", json: { status: "disabled" } }));
    const { status, error, browser } = await signIn(kim.email, PASSWORD);
    expect([status, error]).toEqual([401, "not_a_member"]);
    expect((await who(browser)).status).toBe(401);
  });

  it("does nothing without the token against forged requests", async () => {
    const browser = new Browser();
    await browser.post(`${server.url}/api/auth/callback/credentials`, {
      csrfToken: "0".repeat(64),
      email: kim.email,
      password: PASSWORD,
      json: "true",
    });
    expect((await who(browser)).status).toBe(401);
  });

  it("keeps the cookie from scripts and other sites; it holds no name and lives 12 hours at most", async () => {
    const browser = new Browser();
    const { csrfToken } = JSON.parse((await browser.open(`${server.url}/api/auth/csrf`)).text) as { csrfToken: string };
    const answer = await fetch(`${server.url}/api/auth/callback/credentials`, {
      method: "POST",
      body: new URLSearchParams({ csrfToken, email: kim.email, password: PASSWORD, json: "true" }),
      headers: { cookie: browser.header(server.url) },
    });
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith("licet.session-token=")) ?? "";
    expect(cookie).toMatch(/; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    const expires = Date.parse(/Expires=([^;]+)/.exec(cookie)?.[1] ?? "");
    expect(expires - Date.now()).toBeLessThanOrEqual(12 * 3600 * 1000);
    expect(cookie).not.toContain(kim.email);
  });

  it("sends nobody to another site afterwards", async () => {
    const { browser } = await signIn(kim.email, PASSWORD);
    const { csrfToken } = JSON.parse((await browser.open(`${server.url}/api/auth/csrf`)).text) as { csrfToken: string };
    for (const callbackUrl of ["https://evil.example/", "//evil.example", "/\\evil.example", `${server.url}.evil.example/`]) {
      const answer = await browser.post(`${server.url}/api/auth/callback/credentials`, {
        csrfToken,
        email: kim.email,
        password: PASSWORD,
        callbackUrl,
        json: "true",
      });
      expect(new URL((JSON.parse(answer.text) as { url: string }).url).origin).toBe(server.url);
    }
  });

  it("signs out: the session is over for whoever kept the cookie", async () => {
    const { browser } = await signIn(kim.email, PASSWORD);
    const kept = browser.header(server.url);
    const { csrfToken } = JSON.parse((await browser.open(`${server.url}/api/auth/csrf`)).text) as { csrfToken: string };
    await browser.post(`${server.url}/api/auth/signout`, { csrfToken, json: "true" });
    expect((await world.fetcher({ cookie: kept })("/api/v1/session")).status).toBe(401);
  });

  it("is refused for a cookie that was made up, cut off or mangled, as if there were none", async () => {
    const { browser } = await signIn(kim.email, PASSWORD);
    const token = browser.cookie(server.url, "licet.session-token") ?? "";
    for (const value of ["", "x", token.slice(0, -5), `${token}x`, "%", "%E0%A4%A", "a.b.c.d.e"]) {
      expect((await world.fetcher({ cookie: `licet.session-token=${value}` })("/api/v1/session")).status).toBe(401);
    }
  });
});

describe("too many failed attempts", () => {
  const wrong = () => signIn(kim.email, "violet-otter-sinks");

  it("make the account wait, twice as long each time, whatever the password, until it is right once", async () => {
    for (let i = 1; i <= 6; i++) expect((await wrong()).error).toBe("CredentialsSignin");
    for (const seconds of [1, 2, 4, 8]) {
      expect((await signIn(kim.email, PASSWORD)).error).toBe(`too_many_attempts.${seconds}`);
      await world.moveClock(seconds);
      expect((await wrong()).error).toBe("CredentialsSignin");
    }
    await world.moveClock(16);
    expect((await signIn(kim.email, PASSWORD)).error).toBeNull();
    for (let i = 1; i <= 5; i++) expect((await wrong()).error).toBe("CredentialsSignin");
    expect((await signIn(kim.email, PASSWORD)).error).toBeNull();
  });

  it("make nobody wait longer than 15 minutes, and are forgotten after a day", async () => {
    await world.sql("insert into sign_in_failures (subject, failures, last_at) values ($1, 1000, door_clock())", ["address 10.0.0.1"]);
    const attempt = () => verifySignIn("nobody@example.org", PASSWORD, "10.0.0.1");
    expect(await attempt()).toBeNull();
    await expect(attempt()).rejects.toMatchObject({ code: tooManyAttempts().code, details: { retry_after: 900 } });
    await world.moveClock(86_401);
    for (let i = 1; i <= 5; i++) expect(await attempt()).toBeNull();
  });

  it("count for an address, too, so that one password cannot be tried on everybody", async () => {
    const attempt = (i: number) => verifySignIn(`person-${i}@example.org`, PASSWORD, "10.0.0.2");
    for (let i = 1; i <= 51; i++) expect(await attempt(i)).toBeNull();
    await expect(attempt(52)).rejects.toMatchObject({ code: "too_many_attempts" });
    expect(await verifySignIn(kim.email, PASSWORD, "10.0.0.3")).toBe(kim.accountId);
  });

  it("are counted one by one, however many come at once", async () => {
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => verifySignIn(kim.email, "violet-otter-sinks", "10.0.0.4")));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(6);
  });

  it("keep no e-mail address, of whoever it is", async () => {
    await wrong();
    const rows = await world.sql<{ subject: string }>("select subject from sign_in_failures order by 1");
    expect(rows.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^account [\w-]{43}$/),
      expect.stringMatching(/^address [\d.:a-f]+$/),
    ]);
  });
});
