import { z } from "@hono/zod-openapi";

export { createRoute as route } from "@hono/zod-openapi";

/** A declared JSON request or response body. */
export const json = <T extends z.ZodType>(schema: T, description = "") => ({ description, content: { "application/json": { schema } } });

export const body = <T extends z.ZodType>(schema: T) => ({ ...json(schema), required: true });

export const noContent = { 204: { description: "Done" } };

export const IdParam = z.strictObject({ id: z.uuid() });

/** A header in the reference; the handler reads it itself (`conventions.ts`). */
export const header = (name: string, description: string, required = false) => ({
  in: "header" as const,
  name,
  required,
  description,
  schema: { type: "string" as const },
});

export const PREFER = header("Prefer", "wait=N (at most 50): answer when it is decided, or after N seconds as it is then");
export const IF_MATCH = header("If-Match", "The version decided about, as the ETag says", true);
export const IDEMPOTENCY_KEY = header("Idempotency-Key", "Same key, same body: the same request, in its current state");

/** Who may call a route, for the reference. */
type Security = Record<string, string[]>[];
export const SECURITY: Record<"agent" | "person" | "either" | "nobody", Security> = {
  agent: [{ agentKey: [] }],
  person: [{ session: [] }],
  either: [{ agentKey: [] }, { session: [] }],
  nobody: [],
};
