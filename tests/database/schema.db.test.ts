import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { introspect } from "@/scripts/schema-engine.mjs";
import { createDatabase, dropDatabase } from "../support/database";

it("reads a migrated database back as prisma/schema.prisma, to the letter (npm run db:introspect)", async () => {
  const url = await createDatabase();
  try {
    expect((await introspect(url)).trim()).toBe(readFileSync("prisma/schema.prisma", "utf8").trim());
  } finally {
    await dropDatabase(url);
  }
});
