import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { encode } from "next-auth/jwt";
import { createApp } from "@/lib/api/app";
import type { Approval } from "@/lib/approvals/schema";
import { registerAgent } from "@/lib/catalog/agents";
import { grantTool } from "@/lib/catalog/grants";
import type { ToolInput } from "@/lib/catalog/schema";
import { saveTool } from "@/lib/catalog/tools";
import { createKey } from "@/lib/credentials/agent-keys";
import { doorValue } from "@/lib/db/door";
import { listener } from "@/lib/db/listener";
import type { Actor } from "@/lib/db/tenant";
import { publishChain } from "@/lib/escalation/chains";
import { addPerson } from "@/lib/people/members";
import type { Role } from "@/lib/people/roles";
import { openSession } from "@/lib/people/session";
import { authSecret, cookieName } from "@/lib/people/session-cookie";
import { FIRST_TENANT } from "@/lib/people/setup";
import { publishPolicy } from "@/lib/policy/policies";
import { openTestDatabase, type TestDatabase } from "./database";
import { consult } from "./oracle";

export const OPERATOR: Actor = { kind: "operator" };
export const PASSWORD = "violet-otter-sings";

export interface Person {
  id: string;
  accountId: string;
  email: string;
  cookie: string;
  fetch: Fetch;
}

export interface Agent {
  id: string;
  name: string;
  key: string;
  keyId: string;
  fetch: Fetch;
  ask(input?: Partial<AskBody>, headers?: Record<string, string>): Promise<{ status: number; body: Approval; headers: Headers }>;
}

export interface AskBody {
  tool: string;
  arguments: Record<string, unknown>;
  reason: string;
  session_id: string;
  resource: string;
  scope: string;
  trace_url: string;
  on_behalf_of: string;
}

type Fetch = (path: string, init?: RequestInit & { json?: unknown }) => Promise<Response>;

/** Four tools: one that passes at once, one of each risk that needs a person. */
export const TOOLS: Record<"read" | "note" | "refund" | "delete", ToolInput> = {
  read: tool({
    name: "tickets.read",
    title: "Read ticket {id}",
    action: "read",
    impact: "record",
    reversibility: "reversible",
    method: "GET",
    path: "/tickets/{id}",
    justification: "needed to answer",
  }),
  note: tool({
    name: "tickets.note",
    action: "write",
    impact: "record",
    reversibility: "reversible",
    method: "POST",
    path: "/tickets/{id}/notes",
    justification: "internal note",
  }),
  refund: tool({
    name: "orders.refund",
    action: "write",
    impact: "record",
    reversibility: "effort",
    method: "POST",
    path: "/orders/{id}/refunds",
    justification: "can be charged again",
  }),
  delete: tool({
    name: "users.delete",
    title: "Delete user {id} for good",
    action: "delete",
    impact: "record",
    reversibility: "irreversible",
    method: "DELETE",
    path: "/users/{id}",
    decisive: ["id"],
    justification: "GDPR",
  }),
};

function tool(input: Partial<ToolInput> & Pick<ToolInput, "name" | "action" | "impact" | "reversibility">): ToolInput {
  return {
    decisive: [],
    sensitive: [],
    arguments: {
      type: "object",
      properties: { id: { type: "string" }, amount: { type: "number" }, text: { type: "string" } },
      required: ["id"],
    },
    ...input,
  };
}

/** A tenant with people, agents and tools on a real database behind a real HTTP server. */
export class World {
  private constructor(
    readonly database: TestDatabase,
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<World> {
    const database = await openTestDatabase(environment);
    await listener.start();
    const api = getRequestListener(createApp().fetch);
    const server = createServer((request, response) => void api(request, response));
    await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
    return new World(database, server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** Ends everything, and fails when the oracle finds that something the tests did broke an invariant. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
    await listener.stop();
    try {
      await consult(this.database.admin);
    } finally {
      await this.database.close();
    }
  }

  fetcher(headers: Record<string, string>): Fetch {
    return (path, { json, ...init } = {}) =>
      fetch(`${this.url}${path}`, {
        ...init,
        headers: {
          ...headers,
          ...(json === undefined ? {} : { "content-type": "application/json" }),
          ...(init.headers as Record<string, string>),
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
  }

  /** @param name also makes the e-mail */
  async person(name: string, roles: Role[] = ["approver"], tenant = FIRST_TENANT): Promise<Person> {
    const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.org`;
    const id = await addPerson(tenant, OPERATOR, { name, email, roles, password: PASSWORD });
    const { rows } = await this.database.admin.query<{ account_id: string }>("select account_id from people where id = $1", [id]);
    const accountId = rows[0]?.account_id ?? "";
    const cookie = await this.cookie(accountId);
    return { id, accountId, email, cookie, fetch: this.fetcher({ cookie }) };
  }

  /** What next-auth's cookie would be after this account signed in. */
  async cookie(accountId: string): Promise<string> {
    const sid = await openSession(accountId, "test");
    if (!sid) throw new Error("no session");
    return `${cookieName("session-token")}=${await encode({ token: { sid }, secret: authSecret() })}`;
  }

  async agent(name: string, owner: { id: string }, tools: ToolInput[] = Object.values(TOOLS), tenant = FIRST_TENANT): Promise<Agent> {
    const id = await registerAgent(tenant, OPERATOR, { name, owner: owner.id, responsibility: "Answers tickets.", out_of_scope: [] });
    for (const each of tools) {
      await saveTool(tenant, OPERATOR, each);
      await grantTool(tenant, OPERATOR, { agent: name, tool: each.name, justification: "its purpose" });
    }
    const { id: keyId, key } = await createKey(tenant, OPERATOR, id);
    const fetcher = this.fetcher({ authorization: `Bearer ${key}` });
    return {
      id,
      name,
      key,
      keyId,
      fetch: fetcher,
      ask: async (input = {}, headers = {}) => {
        const json = { tool: "users.delete", arguments: { id: "u_48213" }, reason: "asked by the customer", session_id: "s_1", ...input };
        const response = await fetcher("/api/v1/approvals", { method: "POST", json, headers });
        return { status: response.status, body: (await response.json()) as Approval, headers: response.headers };
      },
    };
  }

  /** @param levels  people by level, and after how many seconds the next is asked */
  async chain(name: string, levels: { people: Person[]; after?: number }[], tenant = FIRST_TENANT): Promise<string> {
    const { id } = await publishChain(tenant, OPERATOR, {
      name,
      levels: levels.map(({ people, after }) => ({
        people: people.map((person) => person.id),
        ...(after === undefined ? {} : { escalate_after: after }),
      })),
    });
    return id;
  }

  policy(document: string, tenant = FIRST_TENANT) {
    return publishPolicy(tenant, OPERATOR, document);
  }

  async read(id: string, as: { fetch: Fetch }): Promise<Approval> {
    return (await (await as.fetch(`/api/v1/approvals/${id}`)).json()) as Approval;
  }

  /** Approves or denies as the review screen does: password and decisive values included at high risk. */
  async decide(person: Person, approval: Approval, verdict: "approve" | "deny", more: Record<string, unknown> = {}): Promise<Response> {
    const high = approval.risk.level === "high" && verdict === "approve";
    if (high) await this.stepUp(person, approval.id);
    const confirm = high
      ? { confirm: Object.fromEntries(approval.decisive.map((pointer) => [pointer, approval.arguments[pointer.slice(1)]])) }
      : {};
    return person.fetch(`/api/v1/approvals/${approval.id}/decision`, {
      method: "POST",
      json: { verdict, digest: approval.action_digest, ...confirm, ...more },
      headers: { "if-match": `"${approval.content_version}"` },
    });
  }

  stepUp(person: Person, approval: string): Promise<Response> {
    return person.fetch("/api/v1/session/step-up", { method: "POST", json: { password: PASSWORD, approval } });
  }

  /** Runs what a scheduler would, once. */
  async tick(tenant = FIRST_TENANT): Promise<void> {
    await doorValue(tenant, "expire_due", [500]);
    await doorValue(tenant, "allow_due", [500]);
    await doorValue(tenant, "escalate_due", [500]);
    await doorValue(tenant, "settle_due", []);
  }

  /** Moves the database's clock for this database alone: the door's functions read it. Negative goes back. */
  async moveClock(seconds: number): Promise<void> {
    await this.ownClock();
    await this.database.admin.query("update public.test_clock set moved = moved + make_interval(secs => $1)", [seconds]);
  }

  /** Stops the database's clock at a whole millisecond: from then on only `moveClock` moves it, exactly. */
  async freezeClock(): Promise<void> {
    await this.ownClock();
    await this.database.admin.query("update public.test_clock set frozen = date_trunc('milliseconds', clock_timestamp())");
  }

  private async ownClock(): Promise<void> {
    const [known] = await this.sql<{ name: string | null }>("select to_regclass('public.test_clock')::text as name");
    if (known?.name) return;
    await this.database.admin.query(
      `create table public.test_clock (moved interval not null default '0', frozen timestamptz);
       grant select on public.test_clock to licet_owner, licet_app;
       insert into public.test_clock default values;
       create or replace function public.door_clock() returns timestamptz language sql volatile as
       'select coalesce(frozen, clock_timestamp()) + moved from public.test_clock'`,
    );
  }

  /** Sessions end after 30 idle minutes; after this they outlive any move of the clock. */
  async keepSignedIn(): Promise<void> {
    await this.sql("update sessions set last_seen_at = 'infinity', expires_at = 'infinity' where ended_at is null");
  }

  /** Writes a new version of what is asked, as the database's owner: nothing in the program does so yet. */
  async newVersion(id: string): Promise<void> {
    await this.sql(
      `with edited as (update requests set content_version = content_version + 1, revision = revision + 1 where id = $1 returning *)
       insert into audit_records (tenant_id, at, event, actor_kind, result_status, request_id, revision)
       select tenant_id, door_clock(), 'approval.edited', 'operator', 'success', id, revision from edited`,
      [id],
    );
  }

  async sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.database.admin.query<Row>(text, values)).rows;
  }
}
