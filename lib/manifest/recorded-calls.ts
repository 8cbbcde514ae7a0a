import { z } from "zod";
import { problem } from "@/lib/platform/problem";
import { JsonError, parseStrictJson } from "@/lib/platform/strict-json";

export const invalidCalls = problem("invalid_calls", 422, "The recorded calls cannot be read. Nothing was replayed.");

const Given = z.record(z.string(), z.json());

const Line = z.object({
  session: z.string(),
  kind: z.string().default("calls"),
  tool: z.string(),
  arguments: Given.default({}),
  reason: z.string().optional(),
  at: z.iso.datetime({ offset: true }).optional(),
});
export type RecordedCall = z.output<typeof Line>;

/** Sessions as benchmarks of agents publish them. What else stands there (tools, sources) is not looked at. */
const Sessions = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      kind: z.string().default("calls"),
      reason: z.string().nullish(),
      calls: z.array(z.object({ tool: z.string(), arguments: Given.default({}), at: z.iso.datetime({ offset: true }).optional() })),
    }),
  ),
});

const MOST_CALLS = 1_000_000;

/**
 * Reads calls that an agent made: JSON Lines of `{session, kind?, tool, arguments, reason?, at?}`, or one document
 * `{sessions: [{id, kind?, reason?, calls: [{tool, arguments}]}]}`.
 * @throws invalidCalls with the line or the place
 */
export function parseCalls(text: string): RecordedCall[] {
  const whole = asSessions(text);
  const calls = whole ?? lines(text);
  if (!calls.length) throw invalidCalls({ detail: "there is no call in it" });
  if (calls.length > MOST_CALLS) throw invalidCalls({ detail: `there are more than ${MOST_CALLS} calls in it` });
  return calls;
}

function asSessions(text: string): RecordedCall[] | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return null; // lines, then
  }
  if (!data || typeof data !== "object" || !("sessions" in data)) return null;
  const parsed = Sessions.safeParse(data);
  if (!parsed.success) throw invalidCalls({ detail: words(parsed.error) });
  return parsed.data.sessions.flatMap(({ id, kind, reason, calls }) =>
    calls.map((call) => ({ session: id, kind, ...(reason ? { reason } : {}), ...call })),
  );
}

function lines(text: string): RecordedCall[] {
  return text.split("\n").flatMap((line, i) => {
    if (!line.trim()) return [];
    let data: unknown;
    try {
      data = parseStrictJson(line);
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      throw invalidCalls({ detail: `line ${i + 1}: ${error.pointer || "the line"} ${error.message}` });
    }
    const parsed = Line.safeParse(data);
    if (!parsed.success) throw invalidCalls({ detail: `line ${i + 1}: ${words(parsed.error)}` });
    return [parsed.data];
  });
}

const words = (error: z.ZodError) => error.issues.map((issue) => `${issue.path.map(String).join(".") || "it"} ${issue.message}`).join("; ");
