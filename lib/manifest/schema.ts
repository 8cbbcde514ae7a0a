import { z } from "zod";
import { AgentName, GrantInput, ToolInput } from "@/lib/catalog/schema";
import { HELD_STAGES } from "@/lib/catalog/terms";
import { ChainName, LEVEL_SECONDS, MOST_LEVELS } from "@/lib/escalation/schema";
import { Email } from "@/lib/people/schema";
import { parseDuration } from "@/lib/platform/duration";
import { LimitsSection } from "@/lib/policy/limits-schema";

const LevelTime = z.union([z.string(), z.number()]).transform((value, context) => {
  const seconds = parseDuration(value);
  if (seconds === null) context.addIssue("is not a duration, such as 90s or 5m");
  else if (seconds < LEVEL_SECONDS.least || seconds > LEVEL_SECONDS.most) context.addIssue("must be from 1s to 30d");
  return seconds ?? 0;
});

/** A chain as `licet.yaml` writes it: people by e-mail, times as durations. */
const ManifestChain = z.strictObject({
  name: ChainName,
  levels: z
    .array(z.strictObject({ people: z.array(Email).min(1, "names nobody").max(50), escalate_after: LevelTime.optional() }))
    .min(1, "has no level")
    .max(MOST_LEVELS, `has more than ${MOST_LEVELS} levels`),
});
export type ManifestChain = z.infer<typeof ManifestChain>;

/** `licet.yaml`. What it does not name is left as it is. */
export const Manifest = z.strictObject({
  version: z.literal(1),
  tools: z.array(ToolInput).max(2000).default([]),
  grants: z.array(GrantInput).max(10_000).default([]),
  chains: z.array(ManifestChain).max(200).default([]),
  stages: z
    .array(z.strictObject({ agent: AgentName, stage: z.enum(HELD_STAGES) }))
    .max(1000)
    .default([])
    .describe("Trial: reads only. Production: what policy and people say"),
  limits: LimitsSection.optional().describe("Takes the place of the policy's limits"),
  policy: z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .optional()
    .describe("A file beside this one, or the policy itself"),
});
export type Manifest = z.infer<typeof Manifest>;
