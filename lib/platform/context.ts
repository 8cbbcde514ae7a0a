import type { Config } from "./config";
import { singleton } from "./singleton";

/** What the process was started with. Set once by the entry point, read by every copy of `lib/` in the process. */
export interface Context {
  config: Config;
  /** The install's secret. */
  secret: string;
}

const holder = singleton<{ context: Context | null }>("context", () => ({ context: null }));

export function setContext(context: Context): void {
  holder.context = context;
}

/** @throws when used before the entry point has set it */
export function context(): Context {
  if (!holder.context) throw new Error("The process has no configuration yet.");
  return holder.context;
}
