// `npm start`: install, build, start the embedded PostgreSQL, migrate, print the set-up link, serve.
// `npm run dev`: the same server with Next.js in development. `npm run worker`: the scheduler alone.
import { prepare } from "./prepare.mjs";

const dev = process.argv.includes("--dev");
const worker = process.argv.includes("--worker");
try {
  await prepare({ pages: !dev && !worker });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
process.env.NODE_ENV ??= dev ? "development" : "production";
if (dev) process.env.LICET_DEV = "1";
await import(worker ? "../dist/worker.mjs" : "../dist/main.mjs");
