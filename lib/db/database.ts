import type pg from "pg";
import { singleton } from "@/lib/platform/singleton";
import type { PrismaClient } from "./generated/client";

/** What one process holds of the database. Set once by `openDatabase`, shared by every copy of `lib/` in the process. */
export interface Database {
  pool: pg.Pool;
  orm: PrismaClient;
  /** Connection string of the application's role, for the listener's own connection. */
  url: string;
}

const holder = singleton<{ database: Database | null }>("database", () => ({ database: null }));

export function setDatabase(database: Database | null): void {
  holder.database = database;
}

/** @throws when used before `openDatabase` */
export function database(): Database {
  if (!holder.database) throw new Error("The database is not open.");
  return holder.database;
}
