import { compileArguments, type ArgumentProblem, type Arguments } from "@/lib/catalog/arguments";
import { deriveTarget, notInspectable } from "@/lib/catalog/derive";
import type { Tool, ToolInput } from "@/lib/catalog/schema";
import { defineTool } from "@/lib/catalog/tools";
import { sameCall, type Counter } from "@/lib/policy/counter";
import { evaluate } from "@/lib/policy/evaluate";
import type { Policy } from "@/lib/policy/schema";
import type { RecordedCall } from "./recorded-calls";

export interface Replayed {
  session: string;
  kind: string;
  tool: string;
  outcome: "allowed" | "asked" | "denied";
  /** The rule that decided; null: none did, or the call never came to the rules (`why`). */
  rule: string | null;
  /** unknown_tool, invalid, or the reason codes. */
  why: string;
}

export interface Tally {
  allowed: number;
  asked: number;
  denied: number;
}

export interface Replay {
  kinds: Record<string, Tally>;
  tools: Record<string, Tally>;
  calls: Replayed[];
}

interface Entry {
  tool: Tool;
  check: (given: Arguments) => Arguments | ArgumentProblem[];
}

/**
 * What a manifest's tools and policy would have said to calls that were made before anything was installed. Every tool of
 * the manifest counts as granted; cumulative rules count as they would have, in the order of the calls; limits of time do
 * not (recorded calls rarely say when).
 */
export function replay(tools: readonly ToolInput[], policy: Policy, calls: readonly RecordedCall[]): Replay {
  const catalog = new Map(tools.map((input) => [input.name, entryOf(input)]));
  const held = [...new Set([...catalog.values()].filter(({ tool }) => tool.action === "read").map(({ tool }) => tool.scope))].sort();
  const counted = new Map<string, Count>();
  const replayed = calls.map((call) => {
    const { session, kind, tool } = call;
    return { session, kind, tool, ...decide(catalog.get(tool), policy, call, held, counted) };
  });
  return { kinds: tally(replayed, ({ kind }) => kind), tools: tally(replayed, ({ tool }) => tool), calls: replayed };
}

function entryOf(input: ToolInput): Entry {
  const tool = { id: input.name, version: 1, ...defineTool(input) };
  return { tool, check: compileArguments(tool.arguments) };
}

const OUTCOMES = { allow: "allowed", ask: "asked", deny: "denied" } as const;

function decide(
  entry: Entry | undefined,
  policy: Policy,
  { session, arguments: given, reason, at }: RecordedCall,
  held: string[],
  counted: Map<string, Count>,
): Pick<Replayed, "outcome" | "rule" | "why"> {
  if (!entry) return { outcome: "denied", rule: null, why: "unknown_tool" };
  const filled = entry.check(given);
  if (isProblems(filled)) return invalid(filled);
  const target = deriveTarget(entry.tool, filled);
  if (isProblems(target)) return invalid(target);
  const { resource, scope } = target;
  const tool = { ...entry.tool, scope };
  const now = at === undefined ? START : new Date(at);
  const verdict = evaluate(policy, {
    ...{ mcp_server: tool.mcp?.server ?? null, kinds: tool.kinds },
    ...{ agent: "replay", tool, arguments: filled, resource, notInspectable: notInspectable(filled), held, session, now },
    ...(reason === undefined ? {} : { reason }),
  });
  const mark = (counter: Counter) => counter.unit ?? (counter.kind === "repeats" ? sameCall(entry.tool.name, filled) : null);
  const over = verdict.branches.find(({ counter }) => isOver(counted.get(counter.key.join(" ")), counter, mark(counter), now));
  const { effect, rule, reasons } = over?.over ?? verdict;
  for (const { counter } of verdict.branches) count(counted, counter, mark(counter), now, effect === "deny");
  return { outcome: OUTCOMES[effect], rule, why: reasons.join(", ") };
}

const isProblems = (value: unknown): value is ArgumentProblem[] => Array.isArray(value);

const invalid = (problems: ArgumentProblem[]) =>
  ({ outcome: "denied", rule: null, why: `invalid: ${problems.map(({ pointer, detail }) => `${pointer} ${detail}`).join("; ")}` }) as const;

/** Where the calls do not say when they were made, they were made at once. */
const START = new Date("2026-01-01T00:00:00Z");

interface Count {
  amount: number;
  mark: string | null;
  since: number;
}

const inWindow = (known: Count | undefined, { window }: Counter, now: Date) =>
  known !== undefined && now.getTime() - known.since < window * 1000 ? known : undefined;

/** As prisma/functions/ask_judge.sql decides it. */
function isOver(known: Count | undefined, counter: Counter, mark: string | null, now: Date): boolean {
  const live = inWindow(known, counter, now);
  if (counter.kind === "repeats") return (live?.mark === mark ? live.amount + 1 : 1) >= counter.cap;
  return (live?.amount ?? 0) + counter.amount > counter.cap || (live !== undefined && live.amount > 0 && live.mark !== mark);
}

function count(counted: Map<string, Count>, counter: Counter, mark: string | null, now: Date, denied: boolean): void {
  const key = counter.key.join(" ");
  const live = inWindow(counted.get(key), counter, now);
  if (counter.kind === "repeats") {
    counted.set(key, { amount: live?.mark === mark ? live.amount + 1 : 1, mark, since: now.getTime() });
  } else if (!denied && (live === undefined || live.amount === 0 || live.mark === mark)) {
    counted.set(key, { amount: (live?.amount ?? 0) + counter.amount, mark, since: live?.since ?? now.getTime() });
  }
}

function tally(calls: readonly Replayed[], by: (call: Replayed) => string): Record<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const call of calls) {
    const known = tallies.get(by(call)) ?? { allowed: 0, asked: 0, denied: 0 };
    known[call.outcome] += 1;
    tallies.set(by(call), known);
  }
  return Object.fromEntries([...tallies].sort(([a], [b]) => (a < b ? -1 : 1)));
}
