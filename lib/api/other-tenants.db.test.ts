import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FIRST_TENANT } from "@/lib/people/setup";
import { ROLES } from "@/lib/people/roles";
import { addTenant, fillTenant, idsOfNobody, rowsOf, type FilledTenant, type Ids } from "@/tests/support/tenants";
import { World, type Agent, type Person } from "@/tests/support/world";
import { createApp, document } from "./app";

let world: World;
let own: FilledTenant;
let other: FilledTenant;
/** May do everything that a person may do, here. */
let boss: Person;

beforeAll(async () => {
  world = await World.start();
  own = await fillTenant(world, FIRST_TENANT);
  boss = await world.person("Boss", [...ROLES]);
  other = await fillTenant(world, await addTenant(world.database.admin, "other"));
});
afterAll(() => world.stop());

interface Call {
  as?: "agent" | "person";
  path?: Record<string, string>;
  json?: unknown;
  headers?: Record<string, string>;
  /** Where an id stands in a place that is checked as a value, or that is silent about what it does not know. */
  status?: 204 | 422;
}

const decision = { verdict: "approve", digest: "0".repeat(64) };

/** Each way to name something: in the path, in the body. */
const CASES: Record<string, (ids: Ids) => Call[]> = {
  "GET /api/v1/approvals/{id}": ({ request: id }) => [{ path: { id } }, { as: "agent", path: { id } }],
  "GET /api/v1/approvals/{id}/review": ({ request: id }) => [{ path: { id } }],
  "POST /api/v1/approvals/{id}/decision": ({ request, change }) =>
    [request, change].map((id) => ({ path: { id }, json: decision, headers: { "if-match": '"1"' } })),
  "GET /api/v1/changes/{id}": ({ change: id }) => [{ path: { id } }],
  "POST /api/v1/changes/{id}/cancel": ({ change: id }) => [{ path: { id } }],
  "POST /api/v1/changes": ({ grant, chain, agent, person }) => [
    ...[
      { op: "revoke_grant", id: grant },
      { op: "remove_chain", id: chain },
      { op: "update_agent", id: agent, patch: { status: "disabled" } },
    ].map((operation) => ({ json: { reason: "why", operations: [operation] } })),
    {
      json: { reason: "why", operations: [{ op: "save_chain", chain: { name: "night", levels: [{ people: [person] }] } }] },
      status: 422 as const,
    },
  ],
  "POST /api/v1/approvals/{id}/escalate": ({ request: id }) => [{ path: { id } }],
  "POST /api/v1/approvals/{id}/cancel": ({ request: id }) => [{ as: "agent", path: { id } }],
  "POST /api/v1/session/step-up": ({ request: approval }) => [{ json: { approval, password: "violet-otter-sings" } }],
  "GET /api/v1/agents/{id}": ({ agent: id }) => [{ path: { id } }],
  "POST /api/v1/agents": ({ person: owner }) => [{ json: { name: "new-bot", owner, responsibility: "Helps." }, status: 422 }],
  "PATCH /api/v1/agents/{id}": ({ agent: id, person: owner }) => [
    { path: { id }, json: { responsibility: "Does something else." } },
    { path: { id: own.ids.agent }, json: { owner }, status: 422 },
  ],
  "POST /api/v1/agents/{id}/keys": ({ agent: id }) => [{ path: { id } }],
  "GET /api/v1/agents/{id}/readiness": ({ agent: id }) => [{ path: { id } }],
  "PUT /api/v1/agents/{id}/stage": ({ agent: id }) => [{ path: { id }, json: { stage: "trial" } }],
  "POST /api/v1/policies/simulate": ({ agent }) => [
    { json: { document: "version: 1\n", agent, request: { tool: "tickets.read", arguments: {}, reason: "x", session_id: "s" } } },
  ],
  "DELETE /api/v1/keys/{id}": ({ key: id }) => [{ path: { id } }],
  "DELETE /api/v1/grants/{id}": ({ grant: id }) => [{ path: { id } }],
  "POST /api/v1/chains": ({ person }) => [{ json: { name: "night", levels: [{ people: [person] }] }, status: 422 }],
  "DELETE /api/v1/chains/{id}": ({ chain: id }) => [{ path: { id } }],
  "PATCH /api/v1/people/{id}": ({ person: id }) => [
    { path: { id }, json: { roles: ["owner"] } },
    { path: { id }, json: { status: "disabled" } },
  ],
  "DELETE /api/v1/invitations/{id}": ({ invitation: id }) => [{ path: { id } }],
  "POST /api/v1/blocks/{id}/lift": ({ block: id }) => [{ path: { id } }],
  "POST /api/v1/approvals/{id}/ask-again": ({ request: id }) => [{ path: { id } }],
  "POST /api/v1/notices/seen": ({ notice }) => [{ json: { ids: [notice] }, status: 204 }],
  "DELETE /api/v1/devices/{id}": ({ device: id }) => [{ path: { id } }],
  "POST /api/v1/devices/{id}/test": ({ device: id }) => [{ path: { id } }],
};

/** Lists: they must show nothing of another tenant's. */
const LISTS = [
  ...[
    "approvals",
    "approvals/count",
    "session",
    "sessions",
    "agents",
    "changes",
    "tools",
    "policy",
    "chains",
    "people",
    "blocks",
    "notices",
    "devices",
  ],
].map((path) => `GET /api/v1/${path}`);

/** Take names that belong to the tenant, what makes something new, or a sealed link or receipt that holds its tenant in itself. */
const WITHOUT_IDS = [
  "POST /api/v1/devices/confirm",
  "POST /api/v1/approvals",
  "POST /api/v1/session/password",
  "POST /api/v1/session/sign-out-everywhere",
  "POST /api/v1/tools",
  "DELETE /api/v1/tools",
  "POST /api/v1/grants",
  "POST /api/v1/invitations",
  "POST /api/v1/invitations/accept",
  "POST /api/v1/setup",
  "POST /api/v1/devices",
  "POST /api/v1/welcome",
  // lib/api/events.db.test.ts
  "GET /api/v1/events",
];

const operations = Object.entries(document(createApp()).paths ?? {}).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

it("knows every operation of the API", () => {
  expect([...Object.keys(CASES), ...LISTS, ...WITHOUT_IDS].sort()).toEqual([...operations].sort());
});

async function send(operation: string, { as = "person", path = {}, json, headers = {} }: Call) {
  const [method = "", template = ""] = operation.split(" ");
  const address = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => path[name] ?? "");
  const sender: Agent | Person = as === "agent" ? own.agent : boss;
  const answer = await sender.fetch(address, { method, headers, ...(json === undefined ? {} : { json }) });
  const text = await answer.text();
  const { code, detail } = text ? (JSON.parse(text) as { code?: string; detail?: string }) : {};
  return { status: answer.status, code, detail };
}

describe("an id of another tenant", () => {
  it.each(Object.keys(CASES))("%s: as if it were nobody's, and nothing of theirs changes", async (operation) => {
    const before = await rowsOf(world.database.admin, "other");
    const theirs = CASES[operation]?.(other.ids) ?? [];
    const nobodys = CASES[operation]?.(idsOfNobody(other.ids)) ?? [];
    for (const [i, call] of theirs.entries()) {
      const answer = await send(operation, call);
      expect(answer.status).toBe(call.status ?? 404);
      expect(answer).toEqual(await send(operation, nobodys[i] ?? {}));
    }
    expect(await rowsOf(world.database.admin, "other")).toBe(before);
  });

  it.each(LISTS)("%s shows nothing of theirs", async (operation) => {
    const answer = await boss.fetch(operation.split(" ")[1] ?? "");
    expect(answer.status).toBe(200);
    const text = await answer.text();
    for (const [name, id] of Object.entries(other.ids)) expect(text.includes(id), `${name} of another tenant`).toBe(false);
  });

  it("as a filter of a list finds nothing, also with a cursor of theirs", async () => {
    const filtered = await boss.fetch(`/api/v1/approvals?agent=${other.ids.agent}`);
    expect(await filtered.json()).toMatchObject({ items: [] });
    const first = (await (await other.admin.fetch("/api/v1/approvals?limit=1")).json()) as { next_cursor: string };
    const text = await (await boss.fetch(`/api/v1/approvals?cursor=${first.next_cursor}`)).text();
    for (const id of Object.values(other.ids)) expect(text).not.toContain(id);
  });

  it("is refused with 403 as X-Tenant-ID, for keys and sessions, and its own is taken", async () => {
    for (const sender of [own.agent, boss]) {
      const theirs = await sender.fetch("/api/v1/approvals", { headers: { "x-tenant-id": "other" } });
      expect([theirs.status, await theirs.json()]).toMatchObject([403, { code: "tenant_mismatch" }]);
      expect((await sender.fetch("/api/v1/approvals", { headers: { "x-tenant-id": FIRST_TENANT } })).status).toBe(200);
      expect((await sender.fetch("/api/v1/approvals", { headers: { "x-tenant-id": "" } })).status).toBe(403);
    }
  });

  it("would have been found by its own people: the other tenant's answers are not 404", async () => {
    const { ids, admin, agent, kim } = other;
    for (const path of [`approvals/${ids.request}`, `approvals/${ids.request}/review`, `agents/${ids.agent}`]) {
      expect((await admin.fetch(`/api/v1/${path}`)).status).toBe(200);
    }
    expect((await agent.fetch(`/api/v1/approvals/${ids.request}`)).status).toBe(200);
    expect((await kim.fetch(`/api/v1/blocks/${ids.block}/lift`, { method: "POST" })).status).toBe(204);
  });
});
