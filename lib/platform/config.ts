import { resolve } from "node:path";
import { z } from "zod";
import { projectRoot } from "./root";

/**
 * The whole configuration, parsed once from the environment (and `.env`), frozen, typed. A value that is not what it
 * should be stops the start with the variable's name and what was expected; nothing is read from `process.env` elsewhere.
 */
export interface Config {
  port: number;
  host: string;
  publicUrl: URL;
  dataDir: string;
  databaseUrl: string | null;
  appDatabaseUrl: string | null;
  secret: string | null;
  trustedProxies: number;
  databasePool: number;
  pushHosts: readonly string[];
  vapidSubject: string;
  oidc: { issuer: string; clientId: string; clientSecret: string; name: string } | null;
  logLevel: "debug" | "info" | "warn" | "error" | "silent";
}

export class ConfigError extends Error {
  override name = "ConfigError";
}

const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `a URL starting with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`,
  });
const integer = (min: number, max: number) =>
  z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max, {
      message: `a whole number from ${min} to ${max}`,
    })
    .transform(Number);

/** Every variable Licet reads: name → how it is parsed, its default, and what it is for (`.env.example` is made from this). */
export const VARIABLES = {
  LICET_PORT: { schema: integer(1, 65535).default(3000), about: "Port to listen on. 3000" },
  LICET_HOST: { schema: z.string().min(1).default("127.0.0.1"), about: "Address to listen on. 127.0.0.1" },
  LICET_PUBLIC_URL: {
    schema: url("http:", "https:").optional(),
    about: "Where people reach Licet; links and cookies are made from it. http://localhost:PORT",
  },
  LICET_DATA_DIR: {
    schema: z.string().min(1).default(".licet"),
    about: "The embedded PostgreSQL's data and the install's secret. .licet",
  },
  DATABASE_URL: {
    schema: url("postgres:", "postgresql:").optional(),
    about: "Use this PostgreSQL (15 or newer) instead of the embedded one. Its user migrates and makes roles",
  },
  LICET_APP_DATABASE_URL: {
    schema: url("postgres:", "postgresql:").optional(),
    about: "Connection of the running application where DATABASE_URL's user cannot make roles (docs/operations.md)",
  },
  LICET_SECRET: {
    schema: z.string().min(32, "at least 32 characters").optional(),
    about: "Signs sessions and seals stored keys. Default: made at the first start and kept with the data",
  },
  LICET_TRUSTED_PROXIES: {
    schema: integer(0, 10).default(0),
    about: "How many reverse proxies set X-Forwarded-For in front of Licet. 0",
  },
  LICET_DATABASE_POOL: { schema: integer(2, 200).default(10), about: "Database connections of this process. 10" },
  LICET_PUSH_HOSTS: {
    schema: z.string().default(""),
    about: "Further push services, as host or host:port, comma separated. The browsers' own are known",
  },
  LICET_VAPID_SUBJECT: {
    schema: z
      .string()
      .refine((text) => /^mailto:[^\s<>@]+@[^\s<>@]+$/.test(text) || /^https:\/\/[^\s]+$/.test(text), {
        message: "mailto:you@example.org or an https:// address, where push services can reach the operator",
      })
      .default("mailto:operator@licet.invalid"),
    about: "Whom a push service may write to. Set it: Apple refuses addresses that do not exist",
  },
  LICET_OIDC_ISSUER: {
    schema: url("http:", "https:").optional(),
    about: "Single sign-on: the OpenID Connect issuer. Off unless set, with the next two",
  },
  LICET_OIDC_CLIENT_ID: { schema: z.string().min(1).optional(), about: "Single sign-on: client id" },
  LICET_OIDC_CLIENT_SECRET: { schema: z.string().min(1).optional(), about: "Single sign-on: client secret" },
  LICET_OIDC_NAME: {
    schema: z.string().min(1).max(40).default("single sign-on"),
    about: "Single sign-on: name on the button",
  },
  LICET_LOG_LEVEL: {
    schema: z.enum(["debug", "info", "warn", "error", "silent"], "debug, info, warn, error or silent").default("info"),
    about: "debug, info, warn, error or silent. info",
  },
} as const;

type Values = { [Name in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[Name]["schema"]> };

/**
 * @param environment  usually `process.env`; an empty string counts as not set
 * @throws ConfigError naming each bad variable and what was expected; never echoes a value, which may be a secret
 */
export function parseConfig(environment: Record<string, string | undefined>): Config {
  const shape = Object.fromEntries(Object.entries(VARIABLES).map(([name, variable]) => [name, variable.schema]));
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = z.object(shape).safeParse(present);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${String(issue.path[0])}: expected ${issue.message}`).join("\n"));
  }
  const values = parsed.data as Values;
  const publicUrl = new URL(values.LICET_PUBLIC_URL ?? `http://localhost:${values.LICET_PORT}`);
  if (publicUrl.pathname !== "/" || publicUrl.search || publicUrl.hash || publicUrl.username || publicUrl.password) {
    throw new ConfigError("LICET_PUBLIC_URL: expected an origin only, such as https://licet.example.org");
  }
  return Object.freeze({
    port: values.LICET_PORT,
    host: values.LICET_HOST,
    publicUrl,
    dataDir: resolve(projectRoot(), values.LICET_DATA_DIR),
    databaseUrl: values.DATABASE_URL ?? null,
    appDatabaseUrl: values.LICET_APP_DATABASE_URL ?? null,
    secret: values.LICET_SECRET ?? null,
    trustedProxies: values.LICET_TRUSTED_PROXIES,
    databasePool: values.LICET_DATABASE_POOL,
    pushHosts: values.LICET_PUSH_HOSTS.split(",")
      .map((host) => host.trim().toLowerCase())
      .filter(Boolean),
    vapidSubject: values.LICET_VAPID_SUBJECT,
    oidc: parseOidc(values),
    logLevel: values.LICET_LOG_LEVEL,
  });
}

function parseOidc(values: Values): Config["oidc"] {
  const { LICET_OIDC_ISSUER: issuer, LICET_OIDC_CLIENT_ID: clientId, LICET_OIDC_CLIENT_SECRET: clientSecret } = values;
  if (!issuer && !clientId && !clientSecret) return null;
  if (!issuer || !clientId || !clientSecret) {
    throw new ConfigError("LICET_OIDC_ISSUER, LICET_OIDC_CLIENT_ID, LICET_OIDC_CLIENT_SECRET: expected all three, or none");
  }
  return { issuer, clientId, clientSecret, name: values.LICET_OIDC_NAME };
}
