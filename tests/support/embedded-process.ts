import { startEmbedded } from "@/lib/db/embedded/start";

/** A process that only holds the embedded PostgreSQL: says its URL, leaves when told to on stdin. */
startEmbedded(process.argv[2] ?? "").then(
  (embedded) => {
    console.log(embedded.url);
    process.stdin.once("data", () => void embedded.leave().then(() => process.exit(0)));
  },
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
