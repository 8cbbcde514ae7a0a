import { startEmbedded } from "@/lib/db/embedded/start";
import { migrate } from "@/lib/db/migrate";
const e = await startEmbedded("/tmp/licet-t/.licet"); console.log(e.url);
await migrate(e.url);
const t=Date.now(); await migrate(e.url); console.log("again", Date.now()-t);
