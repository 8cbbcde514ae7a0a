/**
 * The one error type of the domains: an RFC 9457 problem. Status, title and code live together, declared where they are
 * thrown; the doors translate (`lib/api/problem.ts`). The title says what happened, what did not change, what to do.
 */
export class Problem extends Error {
  override name = "Problem";

  constructor(
    readonly code: string,
    readonly status: number,
    readonly title: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(title);
  }
}

/** Every problem the program declares, by code, for the documentation: a code may be said in several places' own words. */
export const PROBLEMS = new Map<string, { status: number; titles: Set<string> }>();

/**
 * Declares a problem and returns the way to make one.
 * @example const stale = problem("stale", 412, "The request changed since you read it. Nothing was decided."); throw stale({current: 4});
 */
export function problem(code: string, status: number, title: string) {
  const { titles } = PROBLEMS.get(code) ?? { titles: new Set<string>() };
  PROBLEMS.set(code, { status, titles: titles.add(title) });
  return (details: Record<string, unknown> = {}) => new Problem(code, status, title, details);
}
