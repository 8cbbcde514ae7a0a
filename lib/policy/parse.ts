import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@/lib/platform/root";
import { parseStrictYaml, YamlError, type StrictYaml } from "@/lib/platform/strict-yaml";
import { problem } from "@/lib/platform/problem";
import { PolicyDocument, type Policy } from "./schema";

export const invalidPolicy = problem("invalid_policy", 422, "The policy cannot be used. The one in force stays.");

/**
 * Reads a policy document.
 * @throws invalidPolicy with `errors` (line, column, detail): YAML it does not allow, unknown fields, deadlines out of
 *   bounds, two rules of one name
 */
export function parsePolicy(text: string): Omit<Policy, "version"> {
  let yaml: StrictYaml;
  try {
    yaml = parseStrictYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw refused(error.problems.map(({ message, line, column }) => ({ line, column, detail: message })));
  }
  const parsed = PolicyDocument.safeParse(yaml.data);
  if (!parsed.success) {
    throw refused(
      parsed.error.issues.map((issue) => ({
        ...yaml.locate(issue.path),
        detail: `${issue.path.map(String).join(".") || "the document"} ${issue.message}`,
      })),
    );
  }
  const { timeout, rules = shipped().rules } = parsed.data;
  const names = new Set<string>();
  rules.forEach((rule, i) => {
    if (names.has(rule.name)) throw refused([{ ...yaml.locate(["rules", i, "name"]), detail: `there are two rules named ${rule.name}` }]);
    names.add(rule.name);
  });
  return { timeout: { ...shipped().timeout, ...timeout }, rules };
}

/** The policy a new tenant gets: one YAML file, shipped with the program. */
export const defaultPolicy = () => readFileSync(join(projectRoot(), "lib/policy/default.yaml"), "utf8");

let parsedDefault: Omit<Policy, "version"> | null = null;
function shipped(): Omit<Policy, "version"> {
  if (parsedDefault) return parsedDefault;
  const { timeout, rules } = PolicyDocument.parse(parseStrictYaml(defaultPolicy()).data);
  const { low, medium, high } = timeout;
  if (!rules || low === undefined || medium === undefined || high === undefined) throw new Error("lib/policy/default.yaml is not whole.");
  return (parsedDefault = { timeout: { low, medium, high }, rules });
}

function refused(errors: { line: number; column: number; detail: string }[]) {
  return invalidPolicy({ detail: errors.map((e) => `line ${e.line}, column ${e.column}: ${e.detail}`).join("; "), errors });
}
