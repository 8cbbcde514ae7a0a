// Types, hooks, accessibility, and which folder may import which: arrows only point down (docs/architecture.md).
import next from "eslint-config-next";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

/** Domain → the domains below it. Every domain may use lib/db and lib/platform; lib/platform uses nothing. */
const DOMAINS = {
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
  manifest: ["catalog", "credentials", "escalation", "people", "policy"],
  scheduler: ["approvals", "credentials", "notifications"],
  api: ["approvals", "catalog", "credentials", "escalation", "manifest", "notifications", "people", "policy", "audit"],
};
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
  ...tseslint.configs.strict.map((config) => ({ ...config, files: ["**/*.ts", "**/*.tsx", "**/*.mts"] })),
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
      // Empty functions are how "nothing to do" is written here.
      "@typescript-eslint/no-empty-function": "off",
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
      ],
    },
  },
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
