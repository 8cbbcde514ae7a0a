import { z } from "@hono/zod-openapi";
import { configuration, databaseNow } from "@/lib/approvals/configuration";
import { judge } from "@/lib/approvals/judge";
import { AskInput } from "@/lib/approvals/schema";
import { RISKS } from "@/lib/catalog/terms";
import { noSuchAgent } from "@/lib/credentials/agent-keys";
import { parsePolicy } from "@/lib/policy/parse";
import { personOnly } from "../authenticate";
import { router } from "../environment";
import { problems } from "../problem";
import { body, json, route, SECURITY } from "../route";

export const policies = router();

const Simulated = z
  .object({
    effect: z
      .enum(["allow", "ask", "deny"])
      .describe("With every counter at nothing; whether it is granted is looked at, blocks and memory are not"),
    outcome: z.string().nullable().describe("Why it is denied"),
    rule: z.string().nullable(),
    reasons: z.array(z.string()),
    chain: z.string().nullable().describe("Whom it asks"),
    timeout: z.number().describe("Seconds until silence means no"),
    risk: z.object({
      level: z.enum(RISKS),
      axes: z.object({ irreversibility: z.number(), blast_radius: z.number(), privilege: z.number() }),
    }),
    resource: z.string().nullable(),
    scope: z.string().nullable(),
    over: z
      .array(z.object({ rule: z.string(), effect: z.enum(["allow", "ask", "deny"]) }))
      .describe("What happens instead once a cap is reached"),
    tried: z.array(z.object({ part: z.string(), name: z.string(), result: z.string(), why: z.string() })),
    errors: z.array(z.object({ part: z.string(), name: z.string(), error: z.string() })),
  })
  .openapi("Simulated");

policies.openapi(
  route({
    method: "post",
    path: "/policies/simulate",
    tags: ["Policy"],
    summary: "What a draft policy would say to one call",
    description: "Evaluated against the catalog in force. Nothing is asked, written or counted.",
    security: SECURITY.person,
    middleware: personOnly("admin"),
    request: {
      body: body(
        z.strictObject({
          document: z.string().max(65_536).describe("The draft, YAML"),
          agent: z.uuid(),
          request: AskInput,
        }),
      ),
    },
    responses: { 200: json(Simulated), ...problems(400, 401, 403, 404, 422, 503) },
  }),
  async (c) => {
    const { document, agent, request } = c.req.valid("json");
    const config = await configuration(c.get("person").tenant);
    if (!config.agents.has(agent)) throw noSuchAgent();
    const draft = { ...config, policy: { ...parsePolicy(document), version: config.policy.version } };
    const call = judge(draft, agent, request, databaseNow(config));
    const chain = [...config.chains].find(([, { id }]) => id === call.chain?.id)?.[0] ?? null;
    return c.json(
      {
        effect: call.effect,
        outcome: call.outcome,
        rule: call.rule,
        reasons: call.reasons,
        chain,
        timeout: call.timeout,
        risk: { level: call.risk, axes: call.axes },
        resource: call.resource,
        scope: call.scope,
        over: call.branches.map(({ counter, over }) => ({ rule: counter.rule, effect: over.effect })),
        tried: call.explanation,
        errors: call.errors,
      },
      200,
    );
  },
);
