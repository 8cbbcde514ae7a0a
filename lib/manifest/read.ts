import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseDocument, stringify } from "yaml";
import { problem } from "@/lib/platform/problem";
import { parseStrictYaml, YamlError, type StrictYaml } from "@/lib/platform/strict-yaml";
import { defaultPolicy } from "@/lib/policy/parse";
import { Manifest } from "./schema";

export const invalidManifest = problem("invalid_manifest", 422, "The file cannot be applied. Nothing was changed.");

export interface ReadManifest extends Omit<Manifest, "policy" | "limits"> {
  /** The policy document's text; null: the file says nothing about policy. */
  policy: string | null;
  /** What takes the place of the limits of the policy in force; null where the file has a policy, or no limits. */
  limits: Limits | null;
}
type Limits = Record<string, unknown>;

/**
 * Reads `licet.yaml` and the policy file it may name.
 * @throws invalidManifest with `errors` (line, column, detail)
 */
export async function readManifest(path: string): Promise<ReadManifest> {
  const text = await readText(path);
  let yaml: StrictYaml;
  try {
    yaml = parseStrictYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw refuse(error.problems.map(({ message, line, column }) => ({ line, column, detail: message })));
  }
  const parsed = Manifest.safeParse(yaml.data);
  if (!parsed.success) {
    throw refuse(
      parsed.error.issues.map((issue) => ({
        ...yaml.locate(issue.path),
        detail: `${issue.path.map(String).join(".") || "the file"} ${issue.message}`,
      })),
    );
  }
  const { policy, limits, ...rest } = parsed.data;
  const document = await policyText(policy, path);
  // As it was written, not as it was read: it is published as part of a document.
  const written = limits ? (yaml.data as { limits: Limits }).limits : null;
  if (document === null || !written) return { ...rest, policy: document, limits: written };
  return { ...rest, policy: withLimits(document, written), limits: null };
}

async function policyText(policy: Manifest["policy"], path: string): Promise<string | null> {
  if (policy === undefined) return null;
  if (typeof policy === "object") return stringify(policy);
  return policy.includes("\n") ? policy : readText(resolve(dirname(path), policy));
}

/** A policy document with other limits, everything else (comments too) as it was. */
export function withLimits(document: string, limits: Limits): string {
  const yaml = parseDocument(document);
  if (isDeepStrictEqual((yaml.toJS() as { limits?: Limits } | null)?.limits, limits)) return document;
  yaml.set("limits", limits);
  return yaml.toString();
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw invalidManifest({
      detail: `${path}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : (error as Error).message}`,
    });
  }
}

/** What a manifest's limits make of its policy, for who only evaluates: the replay, and trying one call. */
export const policyOf = ({ policy, limits }: ReadManifest): string => {
  const document = policy ?? defaultPolicy();
  return limits === null ? document : withLimits(document, limits);
};

function refuse(errors: { line: number; column: number; detail: string }[]) {
  return invalidManifest({ detail: errors.map((e) => `line ${e.line}, column ${e.column}: ${e.detail}`).join("\n"), errors });
}
