import { canonicalDigest } from "@/lib/platform/canonical";
import { sameCall } from "@/lib/policy/counter";
import { limitsFor, type Limit } from "@/lib/policy/limits";
import type { Configuration } from "./configuration";
import type { Judgement } from "./judge";

/**
 * A counter as the SQL function locks and rolls it. slide: two fixed windows; fixed: UTC days; session: none; run: repeats;
 * history: repeats within a session, which its requests tell.
 */
export interface CounterSpec {
  key: string;
  seconds: number;
  mode: "slide" | "fixed" | "session" | "run" | "history";
}

/** What one call does with a counter: a limit (over: 429) or a cumulative rule (over: that branch of the judgement). */
export interface Use {
  counter: CounterSpec;
  kind: Limit["dimension"] | "sum" | "count" | "repeats";
  amount: number;
  cap: number;
  /** The currency of a sum; the digest of a call that may be repeated. */
  mark: string | null;
  /** Which branch, from 1; null for a limit. */
  over: number | null;
}

const DAY = 86_400;
const WINDOWS = {
  session: { seconds: DAY, mode: "session" },
  minute: { seconds: 60, mode: "slide" },
  day: { seconds: DAY, mode: "fixed" },
  cost: { seconds: DAY, mode: "fixed" },
} as const;

/**
 * The counters of a call, limits first. Minutes and days are counted by agent, whatever the session is called.
 * @param actionDigest  what requests remember a call by, as PostgreSQL writes it
 */
export function usesOf(config: Configuration, agentId: string, session: string, call: Judgement, actionDigest: string): Use[] {
  const limits = call.tool ? limitsFor(config.policy, call.tool, call.risk) : [];
  return [
    ...limits
      .filter(({ dimension }) => dimension !== "cost" || costOf(call) > 0)
      .map(({ dimension, cap, bucket }) => {
        const parts = dimension === "session" ? [agentId, bucket, session] : [agentId, bucket];
        const counter = { key: keyOf(`limit ${dimension}`, parts), ...WINDOWS[dimension] };
        return { counter, kind: dimension, amount: dimension === "cost" ? costOf(call) : 1, cap, mark: null, over: null };
      }),
    ...call.branches.map(({ counter: { kind, key, window, amount, cap, unit, history } }, i) => ({
      counter: { key: keyOf(kind, key), seconds: window, mode: modeOf(kind, history) },
      kind,
      amount,
      cap,
      mark: kind !== "repeats" ? unit : history ? actionDigest : sameCall(call.tool?.name ?? "", call.arguments),
      over: i + 1,
    })),
  ];
}

function modeOf(kind: Use["kind"], history: boolean): CounterSpec["mode"] {
  if (history) return "history";
  return kind === "repeats" ? "run" : "slide";
}

/** A tool that declares no cost is free. */
const costOf = ({ tool }: Judgement): number => tool?.cost ?? 0;

/** Readable where it is short: an operator may look at the table. */
function keyOf(kind: string, parts: string[]): string {
  const key = `${kind} ${JSON.stringify(parts)}`;
  return key.length <= 300 ? key : `${kind} ${canonicalDigest(parts).toString("hex")}`;
}
