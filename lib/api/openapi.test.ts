import { inspectRoutes } from "hono/dev";
import { describe, expect, it } from "vitest";
import { resolvePointer } from "@/lib/platform/json-pointer";
import type { Json } from "@/lib/platform/strict-json";
import { createApp, document } from "./app";

const app = createApp();
const reference = JSON.parse(JSON.stringify(document(app))) as Document;

interface Operation {
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { in: string; name: string }[];
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: unknown }> }>;
}
interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: Record<string, unknown>; schemas: Record<string, unknown> };
}

const operations = Object.entries(reference.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, operation })),
);

describe("the reference (/openapi.json)", () => {
  it("is OpenAPI 3.1", () => {
    expect(reference.openapi).toBe("3.1.0");
    expect(reference.info).toMatchObject({ title: "Licet", version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
    expect(operations.length).toBeGreaterThan(35);
  });

  it("describes every route the application answers under /api/v1, and no other", () => {
    const routes = inspectRoutes(app)
      .filter((route) => !route.isMiddleware && route.path.startsWith("/api/v1/"))
      .map((route) => `${route.method} ${route.path.replaceAll(/:(\w+)/g, "{$1}")}`);
    expect(operations.map(({ name }) => name).sort()).toEqual([...new Set(routes)].sort());
  });

  it.each(operations)("$name says what it is, where it belongs, who may call it and what it answers", ({ path, operation }) => {
    expect(operation.summary).toMatch(/^[A-Z]/);
    expect(operation.tags?.length).toBeGreaterThan(0);
    const schemes = (operation.security ?? [{ missing: [] }]).flatMap(Object.keys);
    for (const scheme of schemes) expect(Object.keys(reference.components.securitySchemes)).toContain(scheme);

    const responses = Object.entries(operation.responses ?? {});
    // One success; a second only where configuration may be proposed instead of being live at once.
    const successes = responses.map(([status]) => status).filter((status) => status.startsWith("2"));
    expect(successes.filter((status) => status !== "202")).toHaveLength(successes.length === 1 && successes[0] === "202" ? 0 : 1);
    for (const [status, { description, content }] of responses) {
      expect(description).toBeTypeOf("string");
      if (Number(status) >= 400) {
        expect(content?.["application/problem+json"]?.schema).toEqual({ $ref: "#/components/schemas/Problem" });
      }
    }
    if (schemes.length) expect(operation.responses).toHaveProperty("401");

    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect((operation.parameters ?? []).filter((parameter) => parameter.in === "path").map(({ name }) => name)).toEqual(inPath);
  });

  it("refers only to what it holds", () => {
    const references = [...JSON.stringify(reference).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to ?? "");
    expect(references.length).toBeGreaterThan(0);
    const asJson = JSON.parse(JSON.stringify(reference)) as Json;
    for (const to of references) {
      expect(resolvePointer(asJson, to.slice(1)), to).toBeDefined();
    }
  });

  it("is what the server answers", async () => {
    const outgoing = { setHeader: () => {} };
    const incoming = { headers: {} };
    const answer = await app.request("/openapi.json", {}, { incoming, outgoing });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(reference);
  });
});
