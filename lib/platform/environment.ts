import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseConfig, type Config } from "./config";
import { projectRoot } from "./root";

/** The configuration of this process: `.env` beside the program, and over it what the environment says. @throws ConfigError */
export function readEnvironment(): Config {
  const file = join(projectRoot(), ".env");
  if (existsSync(file)) process.loadEnvFile(file);
  return parseConfig(process.env);
}
