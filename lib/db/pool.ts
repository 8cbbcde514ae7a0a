import pg from "pg";
import { isoTime } from "@/lib/platform/iso-time";
import { logger } from "@/lib/platform/logger";

/** What every connection of ours is given; PostgreSQL ends what takes longer, and the caller answers 503. */
const LOCK_TIMEOUT_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 10_000;

/** bigint as number: ours count requests and versions, far below 2^53. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
/** timestamptz as ISO 8601 in UTC with milliseconds, which is what every door answers. */
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, isoTime);

/**
 * @param url   connection string of the application's role
 * @param name  shown in `pg_stat_activity`; starts with `licet`, which is how the embedded server knows it is in use
 */
export function createPool(url: string, name: `licet${string}`, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: name,
    max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    lock_timeout: LOCK_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
  });
  // An idle connection that breaks (a restart of the database) is replaced by the pool at the next use.
  pool.on("error", (error) => logger.warn({ error: error.message }, "a database connection was lost"));
  return pool;
}
