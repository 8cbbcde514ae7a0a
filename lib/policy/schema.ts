import { z } from "zod";
import { ACTIONS, IMPACTS, REVERSIBILITIES, RISKS, type Risk } from "@/lib/catalog/terms";
import { parseDuration } from "@/lib/platform/duration";

/** Deadlines go from 10 s to 30 days (requirement C3). */
export const DEADLINE = { least: 10, most: 30 * 86_400 } as const;

const Deadline = z.union([z.string(), z.number()]).transform((value, context) => {
  const seconds = parseDuration(value);
  if (seconds === null) context.addIssue("is not a duration, such as 90s, 5m, 1h30m or 30d");
  else if (seconds < DEADLINE.least || seconds > DEADLINE.most) context.addIssue("must be from 10s to 30d");
  return seconds ?? 0;
});

const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item).min(1).max(50)]).transform((value) => (Array.isArray(value) ? value : [value]));

const Pattern = z.string().min(1).max(128);

/** All that is named must hold; of a list, one of them. `*` in a pattern stands for any run of characters. */
export const Match = z.strictObject({
  tool: oneOrMore(Pattern).optional(),
  agent: oneOrMore(Pattern).optional(),
  action: oneOrMore(z.enum(ACTIONS)).optional(),
  impact: oneOrMore(z.enum(IMPACTS)).optional(),
  reversibility: oneOrMore(z.enum(REVERSIBILITIES)).optional(),
  risk: oneOrMore(z.enum(RISKS)).optional(),
});
export type Match = z.infer<typeof Match>;

const Name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "is not a name: lower-case letters, digits, . _ -");

export const Rule = z.strictObject({
  name: Name,
  match: z.union([Match, z.array(Match).min(1).max(20)]).transform((value) => (Array.isArray(value) ? value : [value])),
  effect: z.enum(["allow", "require_approval", "deny"]),
  chain: Name.optional(),
});
export type Rule = z.infer<typeof Rule>;

/** What is left out is as in the default policy: the deadlines one by one, the rules as a whole. */
export const PolicyDocument = z.strictObject({
  version: z.literal(1).default(1),
  timeout: z.strictObject({ low: Deadline, medium: Deadline, high: Deadline }).partial().default({}),
  rules: z.array(Rule).max(200).optional(),
});

/** A policy in force: parsed, defaults filled in. */
export interface Policy {
  version: number;
  /** Seconds until silence means no. */
  timeout: Record<Risk, number>;
  rules: Rule[];
}
