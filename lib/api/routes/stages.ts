import { z } from "@hono/zod-openapi";
import { writeStage } from "@/lib/catalog/agents";
import { HELD_STAGES } from "@/lib/catalog/terms";
import { Exceptions } from "@/lib/changes/schema";
import { readReadiness, refuseUnready } from "@/lib/readiness/read";
import { personOnly } from "../authenticate";
import { router } from "../environment";
import { problems } from "../problem";
import { body, IdParam, json, noContent, route, SECURITY } from "../route";
import { changed, PROPOSED } from "./changes";

export const stages = router();

const Readiness = z
  .object({
    agent: z.string(),
    stage: z.enum(HELD_STAGES),
    since: z.iso.datetime(),
    checks: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        reason: z.string().describe("Why it matters"),
        missing: z.string().nullable().describe("Null: it is met"),
      }),
    ),
  })
  .openapi("Readiness");

stages.openapi(
  route({
    method: "get",
    path: "/agents/{id}/readiness",
    tags: ["Agents"],
    summary: "What an agent still lacks for production",
    security: SECURITY.person,
    middleware: personOnly(),
    request: { params: IdParam },
    responses: { 200: json(Readiness), ...problems(401, 404, 503) },
  }),
  async (c) => c.json(await readReadiness(c.get("person").tenant, c.req.valid("param").id), 200),
);

stages.openapi(
  route({
    method: "put",
    path: "/agents/{id}/stage",
    tags: ["Agents"],
    summary: "Promote an agent to production, or put it back on trial",
    description: "Promotion needs its readiness list met, or a reason for each exception. Back on trial needs one person, at once.",
    security: SECURITY.person,
    middleware: personOnly("admin"),
    request: { params: IdParam, body: body(z.strictObject({ stage: z.enum(HELD_STAGES), exceptions: Exceptions })) },
    responses: { ...noContent, ...PROPOSED, ...problems(400, 401, 403, 404, 409, 422, 503) },
  }),
  async (c) => {
    const by = c.get("person");
    const { stage, exceptions } = c.req.valid("json");
    const readiness = await readReadiness(by.tenant, c.req.valid("param").id);
    if (stage === "production") refuseUnready(readiness, exceptions);
    const { agent } = readiness;
    const outcome = await changed(by, { op: "set_stage", agent, stage, exceptions }, (orm) =>
      writeStage(orm, by.tenant, agent, stage, exceptions),
    );
    return "proposed" in outcome ? c.json(outcome, 202) : c.body(null, 204);
  },
);
