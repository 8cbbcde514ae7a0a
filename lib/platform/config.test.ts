import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, parseConfig, VARIABLES } from "./config";

const GOOD: Record<string, string> = {
  LICET_PORT: "8080",
  LICET_HOST: "0.0.0.0",
  LICET_PUBLIC_URL: "https://licet.example.org",
  LICET_DATA_DIR: "/srv/licet",
  DATABASE_URL: "postgres://u:p@db/licet",
  LICET_APP_DATABASE_URL: "postgresql://a:p@db/licet",
  LICET_SECRET: "s".repeat(32),
  LICET_TRUSTED_PROXIES: "2",
  LICET_DATABASE_POOL: "20",
  LICET_PUSH_HOSTS: "push.example.org, 127.0.0.1:8090",
  LICET_VAPID_SUBJECT: "mailto:ops@example.org",
  LICET_OIDC_ISSUER: "https://id.example.org",
  LICET_OIDC_CLIENT_ID: "licet",
  LICET_OIDC_CLIENT_SECRET: "hush",
  LICET_OIDC_NAME: "Example ID",
  LICET_LOG_LEVEL: "warn",
};

const BAD: Record<string, string[]> = {
  LICET_PORT: ["0", "65536", "-1", "80.5", "0x50", "http", " "],
  LICET_PUBLIC_URL: [
    "licet.example.org",
    "ftp://licet",
    "https://licet.example.org/app",
    "https://licet/?q=1",
    "https://licet/#top",
    "https://u@licet",
    "https://:hidden@licet",
  ],
  DATABASE_URL: ["mysql://u:hidden-word@db/licet", "db", "//"],
  LICET_APP_DATABASE_URL: ["http://u:hidden-word@db"],
  LICET_SECRET: ["hidden-word"],
  LICET_TRUSTED_PROXIES: ["11", "-1", "all"],
  LICET_DATABASE_POOL: ["1", "201", "ten"],
  LICET_VAPID_SUBJECT: ["ops@example.org", "mailto:nobody", "http://example.org"],
  LICET_OIDC_ISSUER: ["id.example.org"],
  LICET_OIDC_NAME: ["x".repeat(41)],
  LICET_LOG_LEVEL: ["loud", "INFO"],
};

/** Anything but empty is good. */
const FREE = ["LICET_HOST", "LICET_DATA_DIR", "LICET_PUSH_HOSTS", "LICET_OIDC_CLIENT_ID", "LICET_OIDC_CLIENT_SECRET"];

it("every variable is tried here", () => {
  expect([...Object.keys(BAD), ...FREE].sort()).toEqual(Object.keys(VARIABLES).sort());
  expect(Object.keys(GOOD).sort()).toEqual(Object.keys(VARIABLES).sort());
});

describe("a configuration", () => {
  it("needs nothing", () => {
    expect(parseConfig({})).toEqual({
      port: 3000,
      host: "127.0.0.1",
      publicUrl: new URL("http://localhost:3000"),
      dataDir: resolve(".licet"),
      databaseUrl: null,
      appDatabaseUrl: null,
      secret: null,
      trustedProxies: 0,
      databasePool: 10,
      pushHosts: [],
      vapidSubject: "mailto:operator@licet.invalid",
      oidc: null,
      logLevel: "info",
    });
    expect(parseConfig(Object.fromEntries(Object.keys(GOOD).map((name) => [name, ""])))).toEqual(parseConfig({}));
  });

  it("says everything", () => {
    const config = parseConfig({ ...GOOD, PATH: "/bin", HOME: "/root" });
    expect(config).toMatchObject({
      port: 8080,
      dataDir: "/srv/licet",
      trustedProxies: 2,
      pushHosts: ["push.example.org", "127.0.0.1:8090"],
      oidc: { issuer: "https://id.example.org", clientId: "licet", clientSecret: "hush", name: "Example ID" },
    });
    expect(Object.isFrozen(config)).toBe(true);
    expect(parseConfig({ LICET_PORT: "4000" }).publicUrl.href).toBe("http://localhost:4000/");
  });

  it.each(Object.entries(BAD).flatMap(([name, values]) => values.map((value) => [name, value])))(
    "is refused for %s=%s, by name and never by value",
    (name, value) => {
      const parse = () => parseConfig({ ...GOOD, [name]: value });
      expect(parse).toThrow(ConfigError);
      expect(parse).toThrow(new RegExp(`^${name}: expected .`));
      if (value.trim().length > 4) expect(parse).not.toThrow(value);
      expect(parse).not.toThrow("hidden");
    },
  );

  it("names every bad variable at once", () => {
    expect(() => parseConfig({ LICET_PORT: "x", LICET_SECRET: "short" })).toThrow(
      /^LICET_PORT: .+\nLICET_SECRET: expected at least 32 characters$/,
    );
  });

  it.each([["LICET_OIDC_ISSUER"], ["LICET_OIDC_CLIENT_ID"], ["LICET_OIDC_CLIENT_SECRET"]])(
    "wants all of single sign-on or nothing: not without %s",
    (name) => {
      expect(() => parseConfig({ ...GOOD, [name]: "" })).toThrow(/expected all three, or none/);
    },
  );
});
