import { RE2JS } from "re2js";

/** Patterns are written in policies, so few are kept; the bound is for whatever else compiles one. */
const MOST = 5000;
const compiled = new Map<string, RE2JS>();

/** Linear time, whatever the pattern. @throws Error when it is not RE2 */
export function compilePattern(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  const made = RE2JS.compile(pattern);
  if (compiled.size >= MOST) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

export const finds = (pattern: string, text: string) => compilePattern(pattern).matcher(text).find();

/** Why a pattern cannot be used, or null. */
export function patternProblem(pattern: string): string | null {
  try {
    compilePattern(pattern);
    return null;
  } catch (error) {
    return `is not an RE2 expression: ${error instanceof Error ? error.message : String(error)}`;
  }
}
