// Types, hooks, accessibility, and which folder may import which: arrows only point down (docs/architecture.md).
import next from "eslint-config-next";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

/** Domain → the domains below it. Every domain may use lib/db and lib/platform; lib/platform uses nothing. */
export const DOMAINS = {
  platform: [],
  db: [],
  people: [],
  credentials: [],
  audit: [],
  catalog: ["credentials"],
  policy: ["catalog"],
  escalation: ["catalog", "people", "policy"],
  notifications: ["people"],
  approvals: ["audit", "catalog", "credentials", "people", "policy", "escalation"],
  changes: ["approvals", "audit", "catalog", "credentials", "escalation", "people", "policy"],
  manifest: ["catalog", "changes", "credentials", "escalation", "people", "policy"],
  readiness: ["catalog", "credentials", "escalation", "people", "policy"],
  scheduler: ["approvals", "credentials", "notifications"],
  api: [
    "approvals",
    "catalog",
    "changes",
    "credentials",
    "escalation",
    "manifest",
    "notifications",
    "people",
    "policy",
    "audit",
    "readiness",
  ],
};
const FOLDERS = "app|bench|cli|components|e2e|examples|lib|scripts|server|tests";
const TOPS = ["app", "components", "server", "cli", "bench", "e2e", "tests", "lib/client"];

/** What a browser may load of the domains: words and pure functions, no parser and nothing of the server. */
const BROWSER_SAFE = [
  "catalog/terms",
  "catalog/risk",
  "catalog/call",
  "catalog/pattern",
  "approvals/terms",
  "people/roles",
  "escalation/check",
  "platform/duration",
  "platform/json-pointer",
];

const message = (from) => `${from} may not import this: arrows only point down (eslint.config.mjs, docs/architecture.md).`;

function domainRule([name, below]) {
  const own = ["platform", "db"].includes(name) ? (name === "db" ? ["platform"] : []) : ["platform", "db"];
  const allowed = new Set([name, ...own, ...below]);
  const forbidden = [
    ...Object.keys(DOMAINS)
      .filter((each) => !allowed.has(each))
      .map((each) => `@/lib/${each}/*`),
    ...TOPS.map((top) => `@/${top}/*`),
  ];
  return {
    files: [`lib/${name}/**/*.ts`],
    ignores: ["**/*.test.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        { patterns: [{ group: forbidden.flatMap((each) => [each, `${each}*`]), message: message(`lib/${name}`) }] },
      ],
    },
  };
}

const restrict = (files, group, from, allowTypeImports = false) => ({
  files,
  ignores: ["**/*.test.ts", "**/*.test.tsx"],
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns: [{ ...group, message: message(from), allowTypeImports }] }] },
});

/**
 * The rules above read `@/…`. So across folders there is no other way to write an import: neither a path that climbs out
 * of the file's own folder, nor one that is only known while the program runs.
 */
const noWayAround = (files, regex) => ({
  files,
  ignores: ["**/*.test.ts", "**/*.test.tsx"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [{ regex, message: "Across folders imports begin with @/ (eslint.config.mjs)." }],
        paths: [{ name: "node:process", importNames: ["env"], message: "Configuration is parsed once, in lib/platform/config.ts." }],
      },
    ],
    "no-restricted-syntax": [
      "error",
      {
        selector: "ImportExpression:not([source.value=/^\\.\\//])",
        message: "What is loaded late lies in the same folder; everything else is imported at the top.",
      },
    ],
  },
});

const notBrowserSafe = `^@/lib/(?!client/|${BROWSER_SAFE.map((each) => `${each}$`).join("|")})`;

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      ".next/",
      "dist/",
      "lib/db/generated/",
      "coverage/",
      "test-results/",
      "playwright-report/",
      "next-env.d.ts",
      "public/",
      "examples/**/*.py",
    ],
  },
  ...next.map((config) => (config.rules ? { ...config, files: ["{app,components,lib/client}/**/*.{ts,tsx}"] } : config)),
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ["**/*.ts", "**/*.tsx", "**/*.mts"] })),
  {
    files: ["**/*.ts", "**/*.tsx", "**/*.mts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Code points are what is meant: names and passwords are counted and compared in them.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      // `() => void work()` and `() => work()` are how "returns nothing" is written here.
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // Headers, JSON and drivers answer what their types do not say; a look more is no mistake.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-base-to-string": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      // What our own promises reject with is an Error, and says so in the handler.
      "@typescript-eslint/use-unknown-in-catch-callback-variable": "off",
      // Empty functions are how "nothing to do" is written here.
      "@typescript-eslint/no-empty-function": "off",
    },
  },
  {
    // Answers read as JSON, and expect.any(), are `any` in a test; a wrong one fails it.
    files: ["**/*.test.ts", "{tests,e2e,examples}/**/*.ts"],
    rules: {
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/restrict-plus-operands": "off",
      "@typescript-eslint/restrict-template-expressions": "off",
    },
  },
  {
    files: ["{app,components}/**/*.{ts,tsx}"],
    rules: {
      "react/no-danger": "error",
      // Whoever signs in or out must leave what the page holds in memory: a real navigation, on purpose.
      "@next/next/no-location-assign-relative-destination": "off",
    },
  },
  { files: ["lib/client/**/*.ts"], rules: { "@next/next/no-location-assign-relative-destination": "off" } },
  { rules: { eqeqeq: ["error", "always"] } },
  {
    files: ["{lib,app,components}/**/*.{ts,tsx}"],
    ignores: ["lib/platform/{config,environment,logger,root}.ts", "lib/db/embedded/*.ts", "**/*.test.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Configuration is parsed once, in lib/platform/config.ts." },
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
          property,
          message: "Text is shown as text, never as HTML.",
        })),
      ],
    },
  },
  noWayAround(["{lib,components}/*/*.{ts,tsx}", "{server,cli}/*.ts"], "^\\.\\./(?!package\\.json$)"),
  noWayAround(["{lib,components}/*/*/**/*.{ts,tsx}", "cli/*/**/*.ts"], "^\\.\\./\\.\\./"),
  noWayAround(["app/**/*.{ts,tsx}"], `^(\\.\\./)+(${FOLDERS})/`),
  ...Object.entries(DOMAINS).map(domainRule),
  restrict(["components/**/*.{ts,tsx}"], { regex: `${notBrowserSafe}|^@/(app|server|cli|bench|e2e|tests)/` }, "components", true),
  restrict(["components/ui/**/*.{ts,tsx}"], { regex: "^@/(?!components/ui/|lib/client/)" }, "components/ui"),
  restrict(
    ["lib/client/**/*.ts"],
    { regex: `${notBrowserSafe}|^@/(app|server|cli|bench|e2e|tests)/|^@/components/(?!ui/)` },
    "lib/client",
    true,
  ),
  restrict(["app/**/*.{ts,tsx}"], { regex: "^@/(server|cli|bench|e2e|tests|lib/(api|scheduler|db))/" }, "app"),
  restrict(["server/**/*.ts", "cli/**/*.ts"], { regex: "^@/(app|components|bench|e2e|tests|lib/client)/" }, "server and cli"),
  prettier,
);
