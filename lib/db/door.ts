import { setTimeout as sleep } from "node:timers/promises";
import { problem } from "@/lib/platform/problem";
import { logger } from "@/lib/platform/logger";
import { database } from "./database";

export const unavailable = problem(
  "unavailable",
  503,
  "The database did not answer in time. Nothing was allowed; nothing changed. Try again.",
);

/**
 * The one call shape (docs/decisions/0002): sets the tenant and calls one SQL function, in one statement, so one round
 * trip and one transaction, and nothing left behind for the pool's next user. The function is called for the row that
 * setting the tenant yields, so it is always set first.
 * @param tenant  null for the functions that find out the tenant (sign-in, keys, scheduler)
 * @returns the rows of a function that returns several columns
 */
export async function door<Row extends object>(tenant: string | null, name: string, args: unknown[]): Promise<Row[]> {
  // A set-returning function in a select list is called once, however many columns are taken out of it.
  return call<Row>(tenant, `${name} rows`, args, (list) => `select (a.f).* from (select ${name}(${list}) as f from t) a`);
}

/** As `door`, for a function that returns one column: all its rows. */
export async function doorValues<Value>(tenant: string | null, name: string, args: unknown[]): Promise<Value[]> {
  const rows = await call<{ value: Value }>(tenant, `${name} values`, args, (list) => `select ${name}(${list}) as value from t`);
  return rows.map((row) => row.value);
}

/** As `door`, for a function that returns one value. */
export async function doorValue<Value>(tenant: string | null, name: string, args: unknown[]): Promise<Value> {
  const values = await doorValues<Value>(tenant, name, args);
  if (!values.length) throw new Error(`${name} returned no row`);
  return values[0] as Value;
}

async function call<Row extends object>(
  tenant: string | null,
  label: string,
  args: unknown[],
  select: (list: string) => string,
): Promise<Row[]> {
  const set = tenant === null ? "select 1" : "select set_config('licet.tenant', $1, true)";
  const values = tenant === null ? args : [tenant, ...args];
  const list = args.map((_, i) => `$${values.length - args.length + i + 1}`).join(", ");
  const statement = { name: `${label} ${tenant === null}`, text: `with t as materialized (${set}) ${select(list)}`, values };
  return (await retryDeadlock(() => database().pool.query<Row>(statement))).rows;
}

const DEADLOCK = new Set(["40P01", "40001"]);
/** Lock and statement timeouts, shutdowns, lost and refused connections. */
const PASSING = /^(55P03|57014|57P0[1-4]|53\d{3}|08\w{3}|25006|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/;

/** A deadlock's loser tries again (three times, with jitter); what the database cannot answer now is 503, never a yes. */
export async function retryDeadlock<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      const code = String((error as { code?: unknown }).code ?? "");
      if (DEADLOCK.has(code) && attempt < 4) {
        await sleep(Math.random() * 20 * attempt);
        continue;
      }
      if (DEADLOCK.has(code) || PASSING.test(code) || isLostConnection(error)) {
        logger.warn({ code, error: (error as Error).message }, "the database did not answer");
        throw unavailable({ retry_after: 1 });
      }
      throw error;
    }
  }
}

/** pg gives these no code: the pool's wait for a connection, and a connection that ended under a query. */
const isLostConnection = (error: unknown) =>
  error instanceof Error && /timeout exceeded when trying to connect|Connection terminated|connection timeout/i.test(error.message);
