import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import next from "next";
import { clientAddress } from "@/lib/api/address";
import { createApp, isApiPath } from "@/lib/api/app";
import { stopping } from "@/lib/api/stopping";
import { openSetup } from "@/lib/people/setup";
import { logger } from "@/lib/platform/logger";
import { projectRoot } from "@/lib/platform/root";
import { boot, explainAndExit, stopOnSignal, type Running } from "./boot";
import { setSecurityHeaders } from "./headers";

/** In-flight requests are given so long when the server stops. */
const FINISH_MS = 10_000;

async function start(): Promise<void> {
  const dev = process.env.LICET_DEV === "1";
  const running = await boot("licet_server");
  const { config } = running;
  try {
    // next-auth reads it at run time.
    process.env.NEXTAUTH_URL = config.publicUrl.origin;
    const pages = next({ dev, dir: projectRoot(), hostname: config.host, port: config.port, customServer: true });
    await pages.prepare();
    const server = createServer(dispatch(running, pages.getRequestHandler(), dev));
    await listen(server, config.port, config.host);
    stopOnSignal(() => stop(server, running));
    await announce(config.publicUrl);
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** The API is answered before Next.js is asked (docs/architecture.md). */
function dispatch({ config }: Running, page: (request: IncomingMessage, response: ServerResponse) => Promise<void>, dev: boolean) {
  const api = getRequestListener(createApp().fetch);
  const https = config.publicUrl.protocol === "https:";
  return (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const isApi = isApiPath(path);
    setSecurityHeaders(request, response, { page: !isApi, https, dev });
    if (stopping.signal.aborted) response.setHeader("Connection", "close");
    if (isApi) return void api(request, response);
    request.headers["x-licet-address"] = clientAddress(request, config.trustedProxies);
    delete request.headers["x-middleware-subrequest"];
    page(request, response).catch((error: Error) => {
      logger.error({ path, error: error.stack }, "a page failed");
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      fail(taken ? new Error(`LICET_PORT: port ${port} is taken by another program. Set another one.`) : error);
    });
    server.listen(port, host, () => done());
  });
}

async function announce(publicUrl: URL): Promise<void> {
  const setup = await openSetup();
  console.log(`\nLicet is ready at ${publicUrl.origin}`);
  if (setup) console.log(`\nOpen this link once to make the first admin:\n\n  ${new URL(setup, publicUrl).href}\n`);
}

/** Open streams and waits end, what is in flight finishes, the last one out stops the embedded database. */
async function stop(server: Server, running: Running): Promise<void> {
  stopping.abort();
  const closed = new Promise<void>((done) => server.close(() => done()));
  const timer = setTimeout(() => server.closeAllConnections(), FINISH_MS);
  await closed;
  clearTimeout(timer);
  await running.stop();
}

start().catch(explainAndExit);
