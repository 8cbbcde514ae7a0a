import type { Context } from "hono";
import { z } from "@hono/zod-openapi";
import { ask } from "@/lib/approvals/ask";
import { cancel } from "@/lib/approvals/cancel";
import { decide } from "@/lib/approvals/decide";
import { escalate } from "@/lib/approvals/escalate";
import { countPending, ListItem, ListQuery, listRequests } from "@/lib/approvals/list";
import { letAskAgain } from "@/lib/approvals/memory";
import { present } from "@/lib/approvals/present";
import { notFound } from "@/lib/approvals/problems";
import { mayRead, readReview } from "@/lib/approvals/review";
import { isTerminal, type RequestRow } from "@/lib/approvals/row";
import { Approval, AskInput, DecisionInput } from "@/lib/approvals/schema";
import { decideChange } from "@/lib/changes/decide";
import { Change } from "@/lib/changes/schema";
import { readOwnRequest, readRequest } from "@/lib/approvals/store";
import { readOrWait } from "@/lib/approvals/wait";
import { keyHolds, type AgentIdentity } from "@/lib/credentials/agent-keys";
import { hasRole, readsAll } from "@/lib/people/roles";
import type { SignedIn } from "@/lib/people/schema";
import { Problem } from "@/lib/platform/problem";
import { agentOnly, DECIDERS, decidingPerson, either, personOnly, roleNeeded, unauthorized } from "../authenticate";
import { idempotencyKey, matchVersion, setHeader, waitSeconds } from "../conventions";
import { router, type Environment } from "../environment";
import { invalidInput, problems } from "../problem";
import { body, header, IdParam, IDEMPOTENCY_KEY, IF_MATCH, json, noContent, PREFER, route, SECURITY } from "../route";
import { stopping } from "../stopping";

export const approvals = router();

const Page = z.object({ items: z.array(ListItem), next_cursor: z.string().nullable(), now: z.iso.datetime() }).openapi("ApprovalPage");
const TENANT = header("X-Tenant-ID", "Where sent, must be the credential's tenant");

const askRoute = route({
  method: "post",
  path: "/approvals",
  tags: ["Asking"],
  summary: "Ask before acting",
  description: "What policy alone decides is terminal in this first answer. Otherwise the status is `pending` and people are asked.",
  security: SECURITY.agent,
  parameters: [IDEMPOTENCY_KEY, PREFER, TENANT],
  request: { body: body(AskInput) },
  responses: {
    201: json(Approval, "The request, new or (same Idempotency-Key, or the same call still pending) found"),
    ...problems(400, 401, 403, 413, 415, 422, 503),
  },
});

// The way every call of every agent takes, so without what a declared route adds (parsing twice, asynchronously, and
// copying headers): measured, a fifth of the whole request. The declaration documents it all the same.
approvals.openAPIRegistry.registerPath(askRoute);
approvals.post("/approvals", agentOnly({ checkedLater: true }), async (c) => {
  const input = AskInput.safeParse(c.get("body"));
  if (!input.success) throw invalidInput("json", input.error.issues);
  const { row } = await ask(c.get("agent"), input.data, idempotencyKey(c));
  const seconds = waitSeconds(c);
  if (!seconds || isTerminal(row)) return answer(c, row, 201);
  return answer(c, await wait(c, row.id, () => readOwn(c.get("agent"), row.id), seconds), 201);
});

const listRoute = route({
  method: "get",
  path: "/approvals",
  tags: ["Asking", "Deciding"],
  summary: "List requests",
  description:
    "Agents see their own. `status=pending` alone is sorted by risk, then time left, identical requests as one; everything else newest first.",
  security: SECURITY.either,
  middleware: either(),
  parameters: [TENANT],
  request: { query: ListQuery },
  responses: { 200: json(Page), ...problems(401, 403, 422, 503) },
});

approvals.openapi(listRoute, async (c) => {
  const agent = c.get("agent") as Environment["Variables"]["agent"] | undefined;
  if (agent) return c.json(await listRequests(agent.tenant, { agent: agent.agentId }, c.req.valid("query")), 200);
  const person = c.get("person");
  return c.json(await listRequests(person.tenant, { person: person.personId, all: readsAll(person) }, c.req.valid("query")), 200);
});

const countRoute = route({
  method: "get",
  path: "/approvals/count",
  tags: ["Deciding"],
  summary: "How many requests wait: for you, and in all",
  security: SECURITY.person,
  middleware: personOnly(),
  request: {},
  responses: { 200: json(z.object({ mine: z.number(), all: z.number() })), ...problems(401, 503) },
});

approvals.openapi(countRoute, async (c) => {
  const person = c.get("person");
  return c.json(await countPending(person.tenant, { person: person.personId, all: readsAll(person) }), 200);
});

const readRoute = route({
  method: "get",
  path: "/approvals/{id}",
  tags: ["Asking", "Deciding"],
  summary: "Read a request, or wait for its decision",
  security: SECURITY.either,
  middleware: either({ checkedLater: true }),
  parameters: [PREFER, TENANT],
  request: { params: IdParam },
  responses: { 200: json(Approval), ...problems(401, 403, 404, 422, 503) },
});

approvals.openapi(readRoute, async (c) => {
  const { id } = c.req.valid("param");
  const agent = c.get("agent") as Environment["Variables"]["agent"] | undefined;
  const read = agent ? () => readOwn(agent, id) : () => readAs(c.get("person"), id);
  return answer(c, await wait(c, id, read, waitSeconds(c)), 200);
});

const reviewRoute = route({
  method: "get",
  path: "/approvals/{id}/review",
  tags: ["Deciding"],
  summary: "Everything the review screen shows",
  security: SECURITY.person,
  middleware: personOnly(),
  request: { params: IdParam },
  responses: {
    200: json(
      z.object({ approval: Approval }).loose().openapi("Review"),
      "The request and the facts around it: path, policy, session, history, block, recorded life",
    ),
    ...problems(401, 404, 503),
  },
});

approvals.openapi(reviewRoute, async (c) => {
  const review = await readReview(c.get("person"), c.req.valid("param").id);
  return c.json({ ...review }, 200);
});

const decideRoute = route({
  method: "post",
  path: "/approvals/{id}/decision",
  tags: ["Deciding"],
  summary: "Approve or deny a request",
  description:
    "High risk needs `confirm` (the value at each decisive pointer) and a step-up for this request just before. A change of configuration is decided the same way, by an admin who did not propose it; the answer is the change then.",
  security: SECURITY.person,
  middleware: decidingPerson,
  parameters: [IF_MATCH],
  request: { params: IdParam, body: body(DecisionInput) },
  responses: { 200: json(z.union([Approval, Change])), ...problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503) },
});

approvals.openapi(decideRoute, async (c) => {
  const decision = [c.get("person"), c.req.valid("param").id, matchVersion(c), c.req.valid("json")] as const;
  try {
    return answer(c, await decide(...decision), 200);
  } catch (error) {
    // Known only under the lock: decisions about actions pay nothing for it.
    if (!(error instanceof Problem)) throw error;
    if (error.code === "not_asked" && !hasRole(c.get("person"), ...DECIDERS)) throw roleNeeded({ needed: DECIDERS });
    if (error.code !== "is_change") throw error;
  }
  const change = await decideChange(...decision);
  setHeader(c, "ETag", `"${change.content_version}"`);
  return c.json(change, 200);
});

const escalateRoute = route({
  method: "post",
  path: "/approvals/{id}/escalate",
  tags: ["Deciding"],
  summary: "Send it one level up",
  security: SECURITY.person,
  middleware: personOnly(...DECIDERS),
  request: { params: IdParam },
  responses: { 200: json(Approval), ...problems(401, 403, 404, 409, 503) },
});

approvals.openapi(escalateRoute, async (c) => answer(c, await escalate(c.get("person"), c.req.valid("param").id), 200));

const askAgainRoute = route({
  method: "post",
  path: "/approvals/{id}/ask-again",
  tags: ["Deciding"],
  summary: "Let the agent ask for the same call again",
  description: "After a no, an expiry, or a withdrawal, a retry of the same tool with the same decisive values meets it. This forgets it.",
  security: SECURITY.person,
  middleware: personOnly(...DECIDERS),
  request: { params: IdParam },
  responses: { ...noContent, ...problems(401, 403, 404, 409, 503) },
});

approvals.openapi(askAgainRoute, async (c) => {
  await letAskAgain(c.get("person"), c.req.valid("param").id);
  return c.body(null, 204);
});

const cancelRoute = route({
  method: "post",
  path: "/approvals/{id}/cancel",
  tags: ["Asking"],
  summary: "Withdraw a request",
  security: SECURITY.agent,
  middleware: agentOnly(),
  request: { params: IdParam },
  responses: { 200: json(Approval), ...problems(401, 403, 404, 409, 503) },
});

approvals.openapi(cancelRoute, async (c) => answer(c, await cancel(c.get("agent"), c.req.valid("param").id), 200));

type C = Context<Environment>;

/** The agent's own request; 404 otherwise, as if it did not exist, and 401 when the key does not hold any more. */
async function readOwn(agent: AgentIdentity, id: string): Promise<RequestRow> {
  const row = await readOwnRequest(agent, id);
  if (!row) throw (await keyHolds(agent.keyId)) ? notFound() : unauthorized();
  return row;
}

async function readAs(person: SignedIn, id: string): Promise<RequestRow> {
  const row = await readRequest(person.tenant, id);
  if (!row || !mayRead(person, row)) throw notFound();
  return row;
}

function wait(c: C, id: string, read: () => Promise<RequestRow>, seconds: number): Promise<RequestRow> {
  const agent = c.get("agent") as Environment["Variables"]["agent"] | undefined;
  if (seconds) setHeader(c, "Preference-Applied", `wait=${seconds}`);
  return readOrWait(agent?.tenant ?? c.get("person").tenant, id, read, seconds, () => AbortSignal.any([c.req.raw.signal, stopping.signal]));
}

function answer<Status extends 200 | 201>(c: C, row: RequestRow, status: Status) {
  const approval = present(row);
  setHeader(c, "ETag", `"${approval.content_version}"`);
  if (status === 201) setHeader(c, "Location", approval.links.self);
  if (approval.retry_after !== null) setHeader(c, "Retry-After", String(approval.retry_after));
  return c.json(approval, status);
}
