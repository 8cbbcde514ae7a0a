import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { stringify } from "yaml";
import { problem } from "@/lib/platform/problem";
import { parseStrictYaml, YamlError, type StrictYaml } from "@/lib/platform/strict-yaml";
import { Manifest } from "./schema";

export const invalidManifest = problem("invalid_manifest", 422, "The file cannot be applied. Nothing was changed.");

export interface ReadManifest extends Omit<Manifest, "policy"> {
  /** The policy document's text; null: the file says nothing about policy. */
  policy: string | null;
}

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
  const { policy, ...rest } = parsed.data;
  return { ...rest, policy: await policyText(policy, path) };
}

async function policyText(policy: Manifest["policy"], path: string): Promise<string | null> {
  if (policy === undefined) return null;
  if (typeof policy === "object") return stringify(policy);
  return policy.includes("\n") ? policy : readText(resolve(dirname(path), policy));
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

function refuse(errors: { line: number; column: number; detail: string }[]) {
  return invalidManifest({ detail: errors.map((e) => `line ${e.line}, column ${e.column}: ${e.detail}`).join("\n"), errors });
}
