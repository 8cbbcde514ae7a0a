import type pg from "pg";
import { problem } from "@/lib/platform/problem";
import { database } from "./database";
import { retryDeadlock } from "./door";
import type { Prisma } from "./generated/client";

/** Who changes configuration; written into the audit record by the database itself. */
export type Actor = { kind: "person"; id: string; via?: string } | { kind: "operator"; via?: string } | { kind: "system"; via?: string };

export type Orm = Prisma.TransactionClient;

export const changedMeanwhile = problem(
  "changed_meanwhile",
  409,
  "Somebody else changed this at the same moment. Nothing of yours was saved; look again.",
);

/**
 * Plain reads and writes of configuration, in one transaction that names its tenant and its actor. Every row written is
 * recorded by a trigger that fails without the actor; row-level security keeps to the tenant.
 */
export async function withTenant<T>(tenant: string, actor: Actor, run: (orm: Orm) => Promise<T>): Promise<T> {
  return retryDeadlock(() =>
    database()
      .orm.$transaction(
        async (orm) => {
          await orm.$queryRaw`select set_config('licet.tenant', ${tenant}, true), set_config('licet.actor', ${JSON.stringify(actor)}, true)`;
          return run(orm);
        },
        { maxWait: 5_000, timeout: 10_000 },
      )
      .catch(explainConflict),
  );
}

/** A unique key that was free when it was looked up and is not any more: 23505, or the same in Prisma's words. */
function explainConflict(error: Error & { code?: string }): never {
  throw error.code === "P2002" || error.code === "23505" ? changedMeanwhile() : error;
}

export type Reader = Pick<pg.PoolClient, "query">;

/** SQL reads of one tenant, in one read-only snapshot. */
export async function readTenant<T>(tenant: string, run: (client: Reader) => Promise<T>): Promise<T> {
  return retryDeadlock(() => transaction(database().pool, "begin isolation level repeatable read read only", tenant, null, run));
}

/** Calls of SQL functions that write configuration: as `door`, with the actor set, several in one transaction. */
export async function changeTenant<T>(tenant: string, actor: Actor, run: (client: Reader) => Promise<T>): Promise<T> {
  return retryDeadlock(() => transaction(database().pool, "begin", tenant, actor, run).catch(explainConflict));
}

async function transaction<T>(pool: pg.Pool, begin: string, tenant: string, actor: Actor | null, run: (client: Reader) => Promise<T>) {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query(begin);
    await client.query("select set_config('licet.tenant', $1, true), set_config('licet.actor', $2, true)", [
      tenant,
      actor ? JSON.stringify(actor) : "",
    ]);
    const result = await run(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => (broken = true));
    throw error;
  } finally {
    client.release(broken);
  }
}
