import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "@/lib/db/embedded/start";
import { migrate } from "@/lib/db/migrate";

declare module "vitest" {
  interface ProvidedContext {
    /** The superuser's connection to a cluster whose database `licet_template` is migrated. */
    cluster: string;
  }
}

/** Tests that crash nothing need nothing written through. */
const FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300"];

/** One PostgreSQL for the whole run, with a migrated template that each test file copies (milliseconds). */
export default async function setup(project: TestProject) {
  const given = process.env.LICET_TEST_DATABASE_URL;
  const folder = given ? null : await mkdtemp(join(tmpdir(), "licet-test-"));
  const embedded = folder ? await startEmbedded(folder, FAST) : null;
  const url = given ?? embedded?.url ?? "";
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query("drop database if exists licet_template");
  await admin.query("create database licet_template");
  const template = new URL(url);
  template.pathname = "/licet_template";
  await migrate(template.href);
  await admin.end();
  project.provide("cluster", url);
  return async () => {
    await embedded?.leave();
    if (folder) await removeCluster(folder);
  };
}

/** The data may lie elsewhere (lib/db/embedded): location.json says where. */
async function removeCluster(folder: string): Promise<void> {
  const { readFile } = await import("node:fs/promises");
  const location = await readFile(join(folder, "location.json"), "utf8").catch(() => null);
  if (location) await rm(join((JSON.parse(location) as { data: string }).data, ".."), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}
