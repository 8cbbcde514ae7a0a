import { readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";
import { DOMAINS } from "../eslint.config.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** The project's own configuration, without the rules that need types: those would read the whole project for each line. */
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [
    {
      files: ["**/*.{ts,tsx}"],
      ...tseslint.configs.disableTypeChecked,
      languageOptions: { parserOptions: { projectService: false, project: false } },
    },
  ],
});

/** @returns the rules that refuse this code in a file of that name */
async function refusedBy(file: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, file) });
  return result?.messages.map((message) => message.ruleId) ?? [];
}

const imports = (path: string) => `import { x } from "${path}"; x();`;

describe("arrows between folders only point down", () => {
  it.each([
    ["lib/platform/config.ts", "@/lib/db/pool"],
    ["lib/db/pool.ts", "@/lib/people/schema"],
    ["lib/audit/timeline.ts", "@/lib/approvals/schema"],
    ["lib/policy/evaluate.ts", "@/lib/approvals/ask"],
    ["lib/catalog/tools.ts", "@/lib/policy/score"],
    ["lib/approvals/ask.ts", "@/lib/api/app"],
    ["lib/approvals/ask.ts", "@/lib/client/api"],
    ["lib/approvals/ask.ts", "@/components/ui/tabs"],
    ["lib/manifest/apply.ts", "@/lib/approvals/ask"],
    ["lib/client/api.ts", "@/lib/approvals/ask"],
    ["lib/client/api.ts", "@/components/shell/shell"],
    ["components/shell/shell.tsx", "@/lib/approvals/ask"],
    ["components/shell/shell.tsx", "@/lib/catalog/schema"],
    ["components/shell/shell.tsx", "@/app/current-person"],
    ["components/ui/tabs.tsx", "@/components/shell/shell"],
    ["components/ui/tabs.tsx", "@/lib/catalog/terms"],
    ["app/page.tsx", "@/lib/db/pool"],
    ["app/page.tsx", "@/lib/api/app"],
    ["server/main.ts", "@/app/page"],
    ["cli/main.ts", "@/components/ui/tabs"],
  ])("%s may not import %s", async (file, path) => {
    expect(await refusedBy(file, imports(path))).toEqual(["@typescript-eslint/no-restricted-imports"]);
    expect(await refusedBy(file, `export { x } from "${path}";`)).toEqual(["@typescript-eslint/no-restricted-imports"]);
  });

  it.each([
    ["lib/policy/evaluate.ts", "../approvals/ask"],
    ["lib/db/embedded/start.ts", "../../people/schema"],
    ["lib/api/routes/people.ts", "../../client/api"],
    ["components/shell/shell.tsx", "../../lib/approvals/ask"],
    ["components/ui/tabs.tsx", "../shell/shell"],
    ["app/(auth)/sign-in/page.tsx", "../../../server/boot"],
    ["cli/commands/people.ts", "../../lib/api/app"],
    ["server/main.ts", "../components/ui/tabs"],
  ])("%s cannot reach %s by climbing out of its folder", async (file, path) => {
    expect(await refusedBy(file, imports(path))).toEqual(["no-restricted-imports"]);
  });

  it.each(["lib/policy/evaluate.ts", "components/shell/shell.tsx", "app/page.tsx", "cli/commands/people.ts"])(
    "%s cannot reach another folder by importing late",
    async (file) => {
      expect(await refusedBy(file, `export const x = () => import("@/lib/approvals/ask");`)).toEqual(["no-restricted-syntax"]);
      expect(await refusedBy(file, `export const x = (path: string) => import(path);`)).toEqual(["no-restricted-syntax"]);
    },
  );

  it.each([
    ["lib/approvals/ask.ts", imports("@/lib/policy/evaluate")],
    ["lib/approvals/ask.ts", imports("./store")],
    ["lib/api/routes/people.ts", imports("../route")],
    ["lib/people/members.ts", imports("@/lib/db/door")],
    ["components/shell/shell.tsx", imports("@/lib/catalog/terms")],
    ["components/shell/shell.tsx", imports("@/lib/client/api")],
    ["components/shell/shell.tsx", `import type { X } from "@/lib/approvals/review"; export type Y = X;`],
    ["components/shell/shell.tsx", `export const x = () => import("./bars");`],
    ["app/page.tsx", imports("@/lib/approvals/list")],
    ["server/main.ts", imports("@/lib/api/app")],
  ])("%s may write %s", async (file, code) => {
    expect(await refusedBy(file, code)).toEqual([]);
  });

  it("every domain has its place in the list", () => {
    const folders = readdirSync(join(root, "lib"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((folder) => folder.name).sort()).toEqual([...Object.keys(DOMAINS), "client"].sort());
  });
});

describe("what is not written here", () => {
  it.each([
    ["lib/approvals/ask.ts", "export const x = process.env.LICET_PORT;", "no-restricted-properties"],
    ["components/shell/shell.tsx", "export const x = process.env.LICET_PORT;", "no-restricted-properties"],
    ["lib/approvals/ask.ts", `import { env } from "node:process"; export const x = env.LICET_PORT;`, "no-restricted-imports"],
    ["components/shell/shell.tsx", `export const X = () => <p dangerouslySetInnerHTML={{ __html: "x" }} />;`, "react/no-danger"],
    ["lib/client/visible.ts", `document.body.innerHTML = "x";`, "no-restricted-properties"],
    ["lib/approvals/ask.ts", "export const x = (a: string | null) => a!.length;", "@typescript-eslint/no-non-null-assertion"],
    ["lib/approvals/ask.ts", "export const x = (a: any) => a;", "@typescript-eslint/no-explicit-any"],
    ["lib/approvals/ask.ts", `import { X } from "./schema"; export type Y = X;`, "@typescript-eslint/consistent-type-imports"],
  ])("in %s: %s", async (file, code, rule) => {
    expect(await refusedBy(file, code)).toEqual([rule]);
  });
});
