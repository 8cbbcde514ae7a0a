import { openDatabase, type OpenInstall } from "@/lib/db/open";
import { listener } from "@/lib/db/listener";
import { FIRST_TENANT } from "@/lib/people/setup";
import type { Config } from "@/lib/platform/config";
import { setContext } from "@/lib/platform/context";
import { readEnvironment } from "@/lib/platform/environment";
import { ensurePolicy } from "@/lib/policy/policies";
import { Scheduler } from "@/lib/scheduler/scheduler";

export interface Running {
  config: Config;
  scheduler: Scheduler;
  stop(): Promise<void>;
}

/** What every process of Licet that stays does first: configuration, database, listener, scheduler. */
export async function boot(name: `licet${string}`): Promise<Running> {
  const config = readEnvironment();
  const install: OpenInstall = await openDatabase(config, name);
  setContext({ config, secret: install.secret });
  await ensurePolicy(FIRST_TENANT);
  await listener.start();
  const scheduler = new Scheduler();
  scheduler.start();
  return {
    config,
    scheduler,
    stop: async () => {
      await scheduler.stop();
      await listener.stop();
      await install.close();
    },
  };
}

/** Runs `stop` once at SIGTERM or SIGINT, then ends; a second signal ends at once. */
export function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) process.exit(1);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: Error) => {
        console.error(error.message);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

/** A start that fails says why in one line, not in a stack. */
export function explainAndExit(error: unknown): never {
  console.error(`\nLicet did not start.\n${(error as Error).message}`);
  process.exit(1);
}
