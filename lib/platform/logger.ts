import pino, { type Logger } from "pino";
import { singleton } from "./singleton";

/** Structured logs to stdout; what could be a secret is never printed, whoever logs it. */
export const logger: Logger = singleton("logger", () =>
  pino({
    level: process.env.LICET_LOG_LEVEL || "info",
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ["authorization", "cookie", "password", "secret", "key", "token", "arguments", "reason", "connectionString"].flatMap(
        (name) => [name, `*.${name}`, `*.*.${name}`],
      ),
      censor: "[redacted]",
    },
  }),
);
