import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const shared = {
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
};

/** unit: no database. integration: real PostgreSQL and real HTTP, one database per file. guarantees: slower proofs on the same. */
export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          include: ["{lib,app,components,cli,examples,scripts,server}/**/*.test.{ts,tsx}"],
          exclude: ["**/*.db.test.ts", "**/node_modules/**"],
        },
      },
      {
        ...shared,
        test: {
          name: "integration",
          include: ["{lib,cli,examples,server,tests}/**/*.db.test.ts"],
          globalSetup: ["tests/support/cluster.ts"],
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...shared,
        test: {
          name: "guarantees",
          include: ["tests/guarantees/**/*.test.ts"],
          globalSetup: ["tests/support/cluster.ts"],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          // Processes, races and crashes: one file at a time, so that they do not disturb each other's clocks.
          fileParallelism: false,
        },
      },
    ],
  },
});
