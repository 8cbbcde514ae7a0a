import { z } from "zod";
import type { Role } from "@/lib/people/roles";

export const MOST_LEVELS = 3;
/** A level's time: at least a second, at most the longest deadline. */
export const LEVEL_SECONDS = { least: 1, most: 30 * 86_400 } as const;

export const ChainName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "is not a name: lower-case letters, digits, . _ -");

export const Level = z.strictObject({
  people: z.array(z.uuid()).min(1, "names nobody").max(50),
  escalate_after: z
    .number()
    .int()
    .min(LEVEL_SECONDS.least)
    .max(LEVEL_SECONDS.most)
    .optional()
    .describe("Seconds without an answer until the next level is asked too. The last level has none: it is asked until the deadline"),
});

export const ChainInput = z.strictObject({
  name: ChainName,
  levels: z.array(Level).min(1, "has no level").max(MOST_LEVELS, `has more than ${MOST_LEVELS} levels`),
});
export type ChainInput = z.infer<typeof ChainInput>;

/** A person as far as chains care. */
export interface ChainPerson {
  id: string;
  name: string;
  email: string | null;
  roles: Role[];
  status: "active" | "disabled";
  signs_in: boolean;
  devices: number;
}

export interface Chain {
  id: string;
  name: string;
  version: number;
  levels: { people: string[]; escalate_after?: number }[];
}
