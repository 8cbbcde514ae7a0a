import { z } from "@hono/zod-openapi";
import { cancelChange } from "@/lib/changes/cancel";
import { changeOrPropose, type Outcome } from "@/lib/changes/propose";
import { listChanges, readChange } from "@/lib/changes/read";
import { Change, ChangeInput, type Operation } from "@/lib/changes/schema";
import type { Orm } from "@/lib/db/tenant";
import type { SignedIn } from "@/lib/people/schema";
import { personOnly } from "../authenticate";
import { setHeader } from "../conventions";
import { router } from "../environment";
import { problems } from "../problem";
import { body, IdParam, json, route, SECURITY } from "../route";

export const changes = router();

/** The answer where a second admin is asked first. */
export const Proposed = z.object({ proposed: z.uuid().describe("The change that waits for a second admin") }).openapi("Proposed");
export const PROPOSED = { 202: json(Proposed, "Not in force: it widens, so a second admin is asked first") };

/** One change made on a page: at once where one person may, else a proposal. */
export async function changed<Result>(by: SignedIn, operation: Operation, write: (orm: Orm) => Promise<Result>): Promise<Outcome<Result>> {
  const reason = "Changed on its own page.";
  return changeOrPropose(by.tenant, { kind: "person", id: by.personId }, { operations: [operation], reason, write });
}

changes.openapi(
  route({
    method: "get",
    path: "/changes",
    tags: ["Changes"],
    summary: "List changes of configuration, those that wait first",
    security: SECURITY.person,
    middleware: personOnly("admin", "security_officer", "auditor"),
    request: {},
    responses: { 200: json(z.object({ items: z.array(Change) })), ...problems(401, 403, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    return c.json({ items: await listChanges(by.tenant, by.personId) }, 200);
  },
);

changes.openapi(
  route({
    method: "post",
    path: "/changes",
    tags: ["Changes"],
    summary: "Change configuration, several objects as one",
    description:
      "What plainly tightens is in force at once, and so is everything while there has only ever been one admin. Whatever else waits 24 hours for a second admin, who decides with POST /approvals/{id}/decision.",
    security: SECURITY.person,
    middleware: personOnly("admin"),
    request: { body: body(ChangeInput) },
    responses: {
      200: json(z.object({ applied: z.literal(true), alone: z.boolean().describe("No second admin has ever existed") })),
      ...PROPOSED,
      ...problems(400, 401, 403, 404, 409, 413, 422, 503),
    },
  }),
  async (c) => {
    const by = c.get("person");
    const outcome = await changeOrPropose(by.tenant, { kind: "person", id: by.personId }, c.req.valid("json"));
    return "proposed" in outcome ? c.json(outcome, 202) : c.json({ applied: true as const, alone: outcome.alone }, 200);
  },
);

changes.openapi(
  route({
    method: "get",
    path: "/changes/{id}",
    tags: ["Changes"],
    summary: "Read a change: what is, and what would be",
    security: SECURITY.person,
    middleware: personOnly("admin", "security_officer", "auditor"),
    request: { params: IdParam },
    responses: { 200: json(Change), ...problems(401, 403, 404, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    const change = await readChange(by.tenant, by.personId, c.req.valid("param").id);
    setHeader(c, "ETag", `"${change.content_version}"`);
    return c.json(change, 200);
  },
);

changes.openapi(
  route({
    method: "post",
    path: "/changes/{id}/cancel",
    tags: ["Changes"],
    summary: "Withdraw a change you proposed",
    security: SECURITY.person,
    middleware: personOnly("admin"),
    request: { params: IdParam },
    responses: { 200: json(Change), ...problems(401, 403, 404, 409, 503) },
  }),
  async (c) => c.json(await cancelChange(c.get("person"), c.req.valid("param").id), 200),
);
