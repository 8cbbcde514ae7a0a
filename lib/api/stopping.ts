import { singleton } from "@/lib/platform/singleton";

/** Aborted when the server stops: open streams and waits are answered and closed. */
export const stopping = singleton("stopping", () => new AbortController());
