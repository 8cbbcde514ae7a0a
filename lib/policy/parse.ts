import { readFileSync } from "node:fs";
import { join } from "node:path";
import { problem } from "@/lib/platform/problem";
import { projectRoot } from "@/lib/platform/root";
import { parseStrictYaml, YamlError, type StrictYaml } from "@/lib/platform/strict-yaml";
import type { Limits } from "./limits-schema";
import { profileCalendar, profileTimes } from "./profile-schema";
import { unreachable, type Reach } from "./reach";
import { PolicyDocument, type Policy } from "./schema";
import { shadowed } from "./shadows";

export const invalidPolicy = problem("invalid_policy", 422, "The policy cannot be used. The one in force stays.");

export type ParsedPolicy = Omit<Policy, "version">;

/** Where in the document, 1-based. */
export interface PolicyProblem {
  line: number;
  column: number;
  detail: string;
}

export interface CheckedPolicy {
  /** Null when there are problems. */
  policy: ParsedPolicy | null;
  problems: PolicyProblem[];
  /** What works and is hardly meant: rules that can never decide. */
  warnings: PolicyProblem[];
}

/**
 * Reads a policy document and says everything that is wrong with it. Never throws.
 * @param reach  the chains and groups there are; left out: what the document names is not looked up
 */
export function checkPolicy(text: string, reach?: Reach): CheckedPolicy {
  const refused = (problems: PolicyProblem[]): CheckedPolicy => ({ policy: null, problems, warnings: [] });
  let yaml: StrictYaml;
  try {
    yaml = parseStrictYaml(text);
  } catch (error) {
    if (error instanceof YamlError) return refused(error.problems.map(({ message, line, column }) => ({ line, column, detail: message })));
    return refused([{ line: 1, column: 1, detail: "cannot be read as YAML" }]);
  }
  const parsed = PolicyDocument.safeParse(yaml.data);
  if (!parsed.success) {
    return refused(
      parsed.error.issues.map((issue) => ({
        ...yaml.locate(issue.path),
        detail: `${issue.path.map(String).join(".") || "the document"} ${issue.message}`,
      })),
    );
  }
  const policy = complete(parsed.data, shipped());
  const problems: PolicyProblem[] = [];
  const names = new Set<string>();
  const own = parsed.data.rules ?? [];
  own.forEach((rule, i) => {
    if (names.has(rule.name)) problems.push({ ...yaml.locate(["rules", i, "name"]), detail: `there are two rules named ${rule.name}` });
    names.add(rule.name);
    const stuck = reach && unreachable(rule, reach);
    if (stuck) problems.push({ ...yaml.locate(["rules", i, stuck.path]), detail: `rules.${i}.${stuck.path} ${stuck.detail}` });
  });
  if (problems.length) return refused(problems);
  const warnings = shadowed(own).map(({ rule, by }) => ({
    ...yaml.locate(["rules", rule, "name"]),
    detail: `${own[rule]?.name ?? ""} can never decide: whatever it matches, ${by.name} matches before it`,
  }));
  return { policy, problems, warnings };
}

/**
 * Reads a policy document.
 * @throws invalidPolicy with `errors` (line, column, detail): YAML it does not allow, unknown fields, deadlines out of
 *   bounds, expressions that do not compile, two rules of one name, with `reach` also chains and quorums nobody can answer
 */
export function parsePolicy(text: string, reach?: Reach): ParsedPolicy {
  const { policy, problems } = checkPolicy(text, reach);
  if (policy) return policy;
  throw invalidPolicy({ detail: problems.map((e) => `line ${e.line}, column ${e.column}: ${e.detail}`).join("; "), errors: problems });
}

/** The policy a new tenant gets: one YAML file, shipped with the program. */
export const defaultPolicy = () => readFileSync(join(projectRoot(), "lib/policy/default.yaml"), "utf8");

let parsedDefault: ParsedPolicy | null = null;
function shipped(): ParsedPolicy {
  if (parsedDefault) return parsedDefault;
  const empty: ParsedPolicy = { timeout: profileTimes("watched"), rules: [], limits: { risk: {}, tools: [] } };
  return (parsedDefault = complete(PolicyDocument.parse(parseStrictYaml(defaultPolicy()).data), empty));
}

/** What the document leaves out is as in the default policy. */
function complete(document: PolicyDocument, base: ParsedPolicy): ParsedPolicy {
  const { profile, timeout, on_timeout, axes, freeze, limits, memory, rules } = document;
  const { risk, tools, ...general } = limits ?? {};
  const merged: Limits = {
    ...{ risk: {}, tools: [] },
    ...base.limits,
    ...general,
    ...(risk && { risk: { ...base.limits?.risk, ...risk } }),
    ...(tools && { tools }),
  };
  return {
    timeout: { ...(profile ? profileTimes(profile) : base.timeout), ...timeout },
    calendar: profile ? profileCalendar(profile) : null,
    silence: on_timeout.low ?? "deny",
    axes,
    freeze,
    limits: merged,
    memory: memory ?? base.memory,
    rules: rules ?? base.rules,
  };
}
