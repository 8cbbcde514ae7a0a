import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Browser } from "@/tests/support/browser";
import { Issuer, type Claims } from "@/tests/support/issuer";
import { SignInServer } from "@/tests/support/sign-in-server";
import { OPERATOR, World } from "@/tests/support/world";
import { FIRST_TENANT } from "./setup";
import { addPerson, setStatus } from "./members";

// Refused sign-ins are logged; here they are many, and wanted.
vi.hoisted(() => (process.env.LICET_LOG_LEVEL = "silent"));

let nth = 0;

describe.each([
  ["tells the e-mail when asked, as the standard says", false],
  ["puts the e-mail into the ID token", true],
])("single sign-on by an issuer that %s", (_name, idTokenHasAll) => {
  let server: SignInServer;
  let issuer: Issuer;
  let world: World;
  let email: string;

  beforeAll(async () => {
    server = await SignInServer.start();
    issuer = await Issuer.start(`${server.url}/api/auth/callback/oidc`, { idTokenHasAll });
    world = await World.start({
      LICET_PUBLIC_URL: server.url,
      LICET_OIDC_ISSUER: issuer.url,
      LICET_OIDC_CLIENT_ID: issuer.client.id,
      LICET_OIDC_CLIENT_SECRET: issuer.client.secret,
    });
  });
  afterAll(async () => {
    await world.stop();
    await issuer.stop();
    await server.stop();
  });
  beforeEach(() => {
    email = `kim${++nth}@example.org`;
  });

  /** An admin's work: the person is known by the address, and has no password. */
  const known = (address = email) =>
    addPerson(FIRST_TENANT, OPERATOR, { name: "Kim", email: address, roles: ["approver"], password: null });

  async function begin(browser: Browser) {
    const { csrfToken } = JSON.parse((await browser.open(`${server.url}/api/auth/csrf`)).text) as { csrfToken: string };
    const answer = await browser.post(`${server.url}/api/auth/signin/oidc`, { csrfToken, callbackUrl: "/inbox", json: "true" });
    return new URL((JSON.parse(answer.text) as { url: string }).url);
  }

  /** @returns where it ended, and as whom the API knows the browser */
  async function signIn(claims: Claims, browser = new Browser()) {
    issuer.present = claims;
    return outcome(await browser.open(await begin(browser)), browser);
  }

  async function outcome({ url }: { url: URL }, browser: Browser) {
    const answer = await world.fetcher({ cookie: browser.header(server.url) })("/api/v1/session");
    const { person } = (await answer.json()) as { person?: { id: string } };
    return { at: url.pathname, error: url.searchParams.get("error"), person: person?.id ?? null };
  }

  it("opens a session for the person an admin added by that verified address, and knows them by their subject from then on", async () => {
    const id = await known();
    expect(await signIn({ sub: `s-${email}`, email, email_verified: true })).toEqual({ at: "/inbox", error: null, person: id });
    expect(await signIn({ sub: `s-${email}`, email: "new-name@example.org", email_verified: false })).toEqual({
      at: "/inbox",
      error: null,
      person: id,
    });
  });

  const refused = { at: "/sign-in", error: "not_a_member", person: null };

  it("refuses an address that nobody added", async () => {
    expect(await signIn({ sub: `s-${email}`, email, email_verified: true })).toEqual(refused);
    expect(await world.sql("select from accounts where email = $1", [email])).toEqual([]);
  });

  it("refuses an address that the issuer has not verified, or does not name", async () => {
    await known();
    expect(await signIn({ sub: `s-${email}`, email, email_verified: false })).toEqual(refused);
    expect(await signIn({ sub: `s-${email}`, email })).toEqual(refused);
    expect(await signIn({ sub: `s-${email}` })).toEqual(refused);
    expect(await signIn({ sub: `s-${email}`, email: "", email_verified: true })).toEqual(refused);
  });

  it("takes over no account that has a password, and none that another subject was bound to", async () => {
    const kim = await world.person(`Kim ${email}`.replaceAll(/[@.]/g, " "));
    expect(await signIn({ sub: "s-thief", email: kim.email, email_verified: true })).toEqual(refused);
    const id = await known();
    expect((await signIn({ sub: `s-${email}`, email, email_verified: true })).person).toBe(id);
    expect(await signIn({ sub: "s-reused-address", email, email_verified: true })).toEqual(refused);
  });

  it("refuses who was disabled", async () => {
    const id = await known();
    await signIn({ sub: `s-${email}`, email, email_verified: true });
    await setStatus(FIRST_TENANT, OPERATOR, id, "disabled");
    expect(await signIn({ sub: `s-${email}`, email, email_verified: true })).toEqual(refused);
  });

  it("refuses an answer that was not asked for in this browser: a wrong state, none, or somebody else's", async () => {
    await known();
    issuer.present = { sub: `s-${email}`, email, email_verified: true };
    const mine = new Browser();
    const address = await begin(mine);
    const theirs = new Browser();
    const failed = { at: "/sign-in", error: "OAuthCallback", person: null };

    // The answer to my question, opened where it was not asked: no cookie, then the cookies of another question.
    expect(await outcome(await theirs.open(address), theirs)).toEqual(failed);
    await begin(theirs);
    expect(await outcome(await theirs.open(address), theirs)).toEqual(failed);

    const tampered = new URL(await begin(mine));
    tampered.searchParams.set("state", "made-up");
    expect(await outcome(await mine.open(tampered), mine)).toEqual(failed);
    const nonce = new URL(await begin(mine));
    nonce.searchParams.set("nonce", "made-up");
    expect(await outcome(await mine.open(nonce), mine)).toEqual(failed);
    for (const query of ["code=made-up", "code=made-up&state=made-up", "error=access_denied", ""]) {
      expect(await outcome(await mine.open(`${server.url}/api/auth/callback/oidc?${query}`), mine)).toMatchObject({
        at: "/sign-in",
        person: null,
      });
    }
    expect((await signIn(issuer.present, mine)).person).not.toBeNull();
  });
});
