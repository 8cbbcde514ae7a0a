import { openDatabase } from "@/lib/db/open";
import { setContext } from "@/lib/platform/context";
import { readEnvironment } from "@/lib/platform/environment";
import { ensurePolicy } from "@/lib/policy/policies";
import { FIRST_TENANT } from "@/lib/people/setup";
import type { Actor } from "@/lib/db/tenant";
import type { Config } from "@/lib/platform/config";

/** Who the command acts as, in every audit record. */
export const OPERATOR: Actor = { kind: "operator", via: "licet command" };
export const TENANT = FIRST_TENANT;

const INTERRUPTED = 130;

/** Opens the database as the server does (starting the embedded one where it is down), runs, and leaves, also at Ctrl-C. */
export async function withInstall<T>(run: (config: Config) => Promise<T>): Promise<T> {
  const config = readEnvironment();
  const install = await openDatabase(config, "licet_cli");
  const stop = () => void install.close().finally(() => process.exit(INTERRUPTED));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    setContext({ config, secret: install.secret });
    await ensurePolicy(TENANT);
    return await run(config);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    await install.close();
  }
}
