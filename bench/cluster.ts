import { startEmbedded } from "@/lib/db/embedded/start";
import { migrate } from "@/lib/db/migrate";

/** A PostgreSQL for the benchmark, as it runs in production: everything is written through. Stops with this process. */
const embedded = await startEmbedded(process.argv[2] ?? "");
await migrate(embedded.url);
console.log(embedded.url);
const timer = setInterval(() => {}, 1000);
process.on("SIGTERM", () => {
  clearInterval(timer);
  void embedded.leave();
});
