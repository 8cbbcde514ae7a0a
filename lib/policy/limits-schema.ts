import { z } from "zod";
import { ACTIONS, IMPACTS, RISKS } from "@/lib/catalog/terms";
import { oneOrMore, Pattern } from "./words";

const Calls = z.int().min(0).max(1_000_000);

const dimensions = {
  session: Calls.optional().describe("Calls in one session"),
  minute: Calls.optional().describe("Calls in any minute, per agent"),
  day: Calls.optional().describe("Calls per agent and day (UTC)"),
  cost: z.number().min(0).max(1e12).optional().describe("What the tools' declared cost may add up to, per agent and day (UTC)"),
};
const Dimensions = z.strictObject(dimensions);
export type Dimensions = z.infer<typeof Dimensions>;

/** Which tools a limit is for: all that is named must hold; of a list, one. */
const LimitMatch = z.strictObject({
  tool: oneOrMore(Pattern).optional(),
  action: oneOrMore(z.enum(ACTIONS)).optional(),
  impact: oneOrMore(z.enum(IMPACTS)).optional(),
  risk: oneOrMore(z.enum(RISKS)).optional(),
});

export const LimitsSection = z.strictObject({
  ...dimensions,
  pending: Calls.optional().describe("Requests of one agent that wait for people at a time; more are denied, never escalated"),
  risk: z.strictObject({ low: Dimensions, medium: Dimensions, high: Dimensions }).partial().optional(),
  tools: z
    .array(z.strictObject({ match: LimitMatch, ...dimensions }))
    .max(200)
    .optional()
    .describe("In order: the first that matches and names a dimension says it"),
});
type LimitsSection = z.infer<typeof LimitsSection>;

/** Limits in force. */
export type Limits = Required<Pick<LimitsSection, "risk" | "tools">> & Pick<LimitsSection, "pending"> & Dimensions;
