import { z } from "zod";
import { ACTIONS, IMPACTS, REVERSIBILITIES, RISKS, type Risk } from "@/lib/catalog/terms";
import { Profile, type Calendar } from "./profile-schema";
import { LimitsSection, type Limits } from "./limits-schema";
import { ArgumentPath, Deadline, Expression, Name, oneOrMore, Pattern, Re2, Window } from "./words";

export { DEADLINE } from "./words";

export const STAGES = ["observe", "trial", "production"] as const;
export const COUNTED_BY = ["agent", "root_agent", "resource", "tenant", "session"] as const;
const EFFECTS = ["allow", "require_approval", "deny"] as const;

/** All that is named must hold; of a list, one of them. `*` in a pattern stands for any run of characters. */
export const Match = z.strictObject({
  tool: oneOrMore(Pattern).optional(),
  agent: oneOrMore(Pattern).optional(),
  action: oneOrMore(z.enum(ACTIONS)).optional(),
  impact: oneOrMore(z.enum(IMPACTS)).optional(),
  reversibility: oneOrMore(z.enum(REVERSIBILITIES)).optional(),
  risk: oneOrMore(z.enum(RISKS)).optional(),
  mcp_server: oneOrMore(Pattern).optional(),
  scope: oneOrMore(Pattern).optional(),
  stage: oneOrMore(z.enum(STAGES)).optional(),
});
export type Match = z.infer<typeof Match>;
const Matches = z.union([Match, z.array(Match).min(1).max(20)]).transform((value) => (Array.isArray(value) ? value : [value]));

/** What a cumulative rule adds up. Its cap is what may be reached and not exceeded. */
const Over = z
  .strictObject({
    sum: ArgumentPath.optional(),
    count: z.literal(true).optional(),
    repeats: z.int().min(2).max(1000).optional().describe("The same call (tool and arguments) so often in a row"),
    by: z.enum(COUNTED_BY),
    window: Window.default(3600),
    cap: z.number().min(0).max(1e15).optional(),
    unit: ArgumentPath.optional().describe("Where the currency stands. Amounts of two units are never added"),
  })
  .superRefine(({ sum, count, repeats, cap, unit }, context) => {
    if ([sum, count, repeats].filter((each) => each !== undefined).length !== 1) context.addIssue("needs one of sum, count and repeats");
    else if (repeats === undefined && cap === undefined) context.addIssue("needs a cap");
    else if (repeats !== undefined && cap !== undefined) context.addIssue("repeats is its own cap");
    if (unit !== undefined && sum === undefined) context.addIssue("has a unit, but no sum");
  });
export type Over = z.infer<typeof Over>;

const Votes = z.int().min(1).max(10);
const Quorum = z.union([
  Votes,
  z
    .record(Name, Votes)
    .refine((groups) => Object.keys(groups).length >= 1 && Object.keys(groups).length <= 5, "names no group, or more than 5"),
]);
export type Quorum = z.infer<typeof Quorum>;

const ReasonDemand = z.strictObject({
  required: z.boolean().default(true),
  pattern: Re2.optional().describe("What the agent's reason must hold, such as a ticket's number. RE2"),
  prompt: z.string().trim().min(1).max(200).optional().describe("What the agent is told to say"),
});
export type ReasonDemand = z.infer<typeof ReasonDemand>;

const RiskTimes = z.strictObject({ low: Deadline, medium: Deadline, high: Deadline }).partial();

export const Rule = z
  .strictObject({
    name: Name,
    match: Matches,
    when: Expression("bool").optional(),
    over: Over.optional(),
    effect: z.enum(EFFECTS),
    chain: Name.optional(),
    quorum: Quorum.optional(),
    reason: ReasonDemand.optional(),
    timeout: z
      .union([Deadline, RiskTimes])
      .transform((value) => (typeof value === "number" ? { low: value, medium: value, high: value } : value))
      .optional(),
    on_timeout: z.enum(["deny", "allow"]).optional(),
    hold: z.boolean().optional().describe("Each call is asked about: no approval for a whole session"),
  })
  .superRefine(({ effect, over, quorum, on_timeout, match, reason }, context) => {
    if (over && effect === "allow")
      context.addIssue({ code: "custom", path: ["over"], message: "goes with require_approval or deny: past a cap nothing is allowed" });
    if (quorum !== undefined && effect !== "require_approval")
      context.addIssue({ code: "custom", path: ["quorum"], message: "goes with require_approval" });
    if (reason && effect === "deny")
      context.addIssue({ code: "custom", path: ["reason"], message: "asks for words that change nothing: the rule denies" });
    const lowOnly = match.every(({ risk }) => risk?.every((each) => each === "low"));
    if (on_timeout === "allow" && !(effect === "require_approval" && lowOnly))
      context.addIssue({
        code: "custom",
        path: ["on_timeout"],
        message: "allows only what is of low risk and asked: match risk: low, effect: require_approval",
      });
  });
export type Rule = z.infer<typeof Rule>;

const Score = z.int().min(0).max(3);
const Axis = z.union([
  z
    .array(z.strictObject({ when: Expression("bool"), score: Score }))
    .min(1)
    .max(50),
  Expression("number"),
]);
const Axes = z.strictObject({ irreversibility: Axis, blast_radius: Axis, privilege: Axis }).partial();
export type AxisRules = z.infer<typeof Axes>;

const Instant = z.iso.datetime({ offset: true });
const Freeze = z
  .strictObject({
    from: Instant,
    to: Instant,
    reason: z.string().trim().min(1).max(200),
    effect: z.enum(["deny", "require_approval"]),
    match: Matches.default([{ action: ["write", "delete", "invoke"] }]),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), { path: ["to"], error: "is not after from" });
export type Freeze = z.infer<typeof Freeze>;

/** What is left out is as in the default policy: deadlines and limits one by one, the rules as a whole. */
export const PolicyDocument = z.strictObject({
  version: z.literal(1).default(1),
  profile: Profile.optional(),
  timeout: RiskTimes.default({}),
  on_timeout: z
    .strictObject({ low: z.enum(["deny", "allow"]), medium: z.literal("deny"), high: z.literal("deny") })
    .partial()
    .default({}),
  axes: Axes.default({}),
  freeze: z.array(Freeze).max(50).default([]),
  limits: LimitsSection.optional(),
  memory: z
    .union([z.literal("off"), Window])
    .transform((value) => (value === "off" ? 0 : value))
    .optional()
    .describe("How long a no, an expiry, or a withdrawal after somebody had opened it is remembered. Default 30m"),
  rules: z.array(Rule).max(200).optional(),
});

export type PolicyDocument = z.infer<typeof PolicyDocument>;

/** A policy in force: parsed, expressions compiled, defaults filled in. */
export interface Policy {
  version: number;
  /** Seconds until silence means no. */
  timeout: Record<Risk, number>;
  rules: Rule[];
  /** When the deadlines' clock runs; null: always. */
  calendar?: Calendar | null;
  /** What silence means at low risk. */
  silence?: "deny" | "allow";
  axes?: AxisRules;
  freeze?: Freeze[];
  limits?: Limits;
  /** Seconds for which a no is remembered; 0: not at all. */
  memory?: number;
}
