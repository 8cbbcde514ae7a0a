import { expect, it } from "vitest";
import { VARIABLES } from "./config";

/** The file people copy to `.env`; `npx vitest run --project unit -u lib/platform/env-example` writes it anew. */
function example(): string {
  const entries = Object.entries(VARIABLES).map(([name, { about }]) => `# ${about.replace(/\.$/, "")}.\n# ${name}=`);
  return `# Licet's configuration. Copy this file to .env and set what you need; the environment wins over it.\n\n${entries.join("\n\n")}\n`;
}

it(".env.example names every variable, and nothing else", async () => {
  await expect(example()).toMatchFileSnapshot("../../.env.example");
});
