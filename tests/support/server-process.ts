import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createApp } from "@/lib/api/app";
import { stopping } from "@/lib/api/stopping";
import { boot, explainAndExit, stopOnSignal } from "@/server/boot";

/** server/main.ts without the pages: what the crash tests start, kill and start again. */
boot("licet_server")
  .then((running) => {
    const api = getRequestListener(createApp().fetch);
    const server = createServer((request, response) => void api(request, response));
    server.listen(running.config.port, running.config.host, () => console.log("ready"));
    stopOnSignal(async () => {
      stopping.abort();
      await new Promise<void>((done) => server.close(() => done()));
      await running.stop();
    });
  })
  .catch(explainAndExit);
