import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { MiddlewareHandler } from "hono";
import { doorValue } from "@/lib/db/door";
import { policySchema } from "@/lib/policy/json-schema";
import { PROBLEMS } from "@/lib/platform/problem";
import { projectRoot } from "@/lib/platform/root";
import { personOnly } from "./authenticate";
import { headerOf, setHeader, strictBody } from "./conventions";
import { events } from "./events";
import { router, type Environment } from "./environment";
import { onError, onNotFound, problems } from "./problem";
import { SECURITY } from "./route";
import { agents } from "./routes/agents";
import { approvals } from "./routes/approvals";
import { blocks } from "./routes/blocks";
import { chains } from "./routes/chains";
import { changes } from "./routes/changes";
import { devices } from "./routes/devices";
import { people } from "./routes/people";
import { session } from "./routes/session";
import { policies } from "./routes/policies";
import { stages } from "./routes/stages";
import { tools } from "./routes/tools";
import { welcome } from "./routes/welcome";

/** What the API answers; everything else is pages. `/api/auth/*` (next-auth) stays with Next.js. */
export const isApiPath = (path: string) =>
  (path.startsWith("/api/") && !path.startsWith("/api/auth/")) ||
  path === "/openapi.json" ||
  path === "/schemas/policy.json" ||
  path === "/healthz" ||
  path === "/readyz" ||
  path === "/docs" ||
  path.startsWith("/docs/");

/** A scheduler that has not been seen for so long is missing. */
const SCHEDULER_MS = 15_000;

/** The API: one web-standard application, the same schemas parse, document and type it. */
export function createApp() {
  const app = router();
  app.onError(onError);
  app.notFound(onNotFound(() => app.routes));
  app.use(conventions);
  app.use("/api/*", strictBody);

  const v1 = router();
  for (const part of [approvals, session, agents, stages, policies, tools, chains, changes, people, blocks, devices, welcome])
    v1.route("/", part);
  v1.get("/events", personOnly(), events);
  v1.openAPIRegistry.registerPath({
    method: "get",
    path: "/events",
    tags: ["Deciding"],
    summary: "Server-Sent Events: which requests changed",
    description:
      "`request` events carry id, revision, status and risk; `resync` asks to read everything again. Resumable with Last-Event-ID.",
    security: SECURITY.person,
    responses: {
      200: { description: "text/event-stream", content: { "text/event-stream": { schema: { type: "string" } } } },
      ...problems(401, 429),
    },
  });
  app.route("/api/v1", v1);

  app.openAPIRegistry.registerComponent("securitySchemes", "agentKey", {
    type: "http",
    scheme: "bearer",
    description: "licet_<id>_<secret>_<crc>",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "session", { type: "apiKey", in: "cookie", name: "licet.session-token" });
  app.get("/openapi.json", (c) => c.json(document(app)));
  app.get("/schemas/policy.json", (c) => c.json(policySchema(), 200, { "Content-Type": "application/schema+json" }));
  app.get("/docs", (c) => c.html(referencePage()));
  app.get("/docs/reference.js", (c) =>
    c.body(asset("swagger-ui-bundle.js") + START_REFERENCE, 200, { "Content-Type": "text/javascript; charset=utf-8" }),
  );
  app.get("/docs/reference.css", (c) => c.body(asset("swagger-ui.css"), 200, { "Content-Type": "text/css; charset=utf-8" }));
  app.get("/docs/problems", (c) => c.html(problemsPage()));
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    const age = await doorValue<number | null>(null, "scheduler_age", []);
    const scheduler = age !== null && age < SCHEDULER_MS;
    return c.json({ status: scheduler ? "ready" : "degraded", database: true, scheduler }, scheduler ? 200 : 503);
  });
  return app;
}

const conventions: MiddlewareHandler<Environment> = async (c, next) => {
  const given = headerOf(c, "x-request-id");
  const requestId = given && /^[\x21-\x7E]{1,128}$/.test(given) ? given : randomUUID();
  c.set("requestId", requestId);
  setHeader(c, "X-Request-ID", requestId);
  setHeader(c, "Cache-Control", "no-store");
  await next();
};

export function document(app: ReturnType<typeof router>) {
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Licet",
      version: "0.1.0",
      license: { name: "MIT" },
      description:
        "Where people decide what AI agents may do. An agent asks before it acts; policy answers at once when it can, a person when it must; silence means no.",
    },
    servers: [{ url: "/" }],
  });
}

const page = (title: string, body: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="/icon.svg"><title>${title}</title></head><body>${body}</body></html>`;

/** The reference is a static bundle from npm that reads /openapi.json. */
const referencePage = () =>
  page(
    "Licet API reference",
    `<link rel="stylesheet" href="/docs/reference.css"><div id="app"></div><script src="/docs/reference.js"></script>`,
  );

const START_REFERENCE = `;SwaggerUIBundle({url:"/openapi.json",dom_id:"#app",deepLinking:true,validatorUrl:null,docExpansion:"list",defaultModelsExpandDepth:0});`;

const assets = new Map<string, string>();
function asset(name: string): string {
  const require = createRequire(join(projectRoot(), "package.json"));
  const text = assets.get(name) ?? readFileSync(require.resolve(`swagger-ui-dist/${name}`), "utf8");
  assets.set(name, text);
  return text;
}

const escapeHtml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function problemsPage(): string {
  const entries = [...PROBLEMS].map(([code, { status, titles }]) => {
    const meanings = [...titles].map((title) => `<dd>${escapeHtml(title)}</dd>`).join("");
    return `<dt id="${code}"><code>${code}</code> ${status}</dt>${meanings}`;
  });
  return page("Licet problems", `<h1>Problems</h1><dl>${entries.join("")}</dl>`);
}
