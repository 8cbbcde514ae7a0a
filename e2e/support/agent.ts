import type { Approval } from "@/lib/approvals/schema";
import type { Server } from "./server";

export interface Call {
  tool: string;
  arguments: Record<string, unknown>;
  reason?: string;
  session_id?: string;
}

/** An agent as any program would be one: HTTP and a key, nothing of ours. */
export class Agent {
  constructor(
    private readonly url: string,
    readonly name: string,
    private readonly key: string,
  ) {}

  async ask(call: Call, headers: Record<string, string> = {}): Promise<Approval> {
    return this.send("/api/v1/approvals", {
      method: "POST",
      headers,
      body: JSON.stringify({ reason: "asked by the customer", session_id: "s_1", ...call }),
    });
  }

  /** Waits until it is decided, as long as that takes. */
  async hear(id: string): Promise<Approval> {
    for (;;) {
      const approval = await this.send(`/api/v1/approvals/${id}`, { headers: { Prefer: "wait=50" } });
      if (approval.status !== "pending") return approval;
    }
  }

  /** As it is now. */
  async read(id: string): Promise<Approval> {
    return this.send(`/api/v1/approvals/${id}`, {});
  }

  private async send(path: string, init: RequestInit): Promise<Approval> {
    const headers = {
      Authorization: `Bearer ${this.key}`,
      "Content-Type": "application/json",
      ...(init.headers as Record<string, string>),
    };
    const response = await fetch(this.url + path, { ...init, headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Approval;
  }
}

/** Registers an agent of this owner and gives it a key, by the operator's command. */
export function addAgent(server: Server, name: string, owner: { email: string }): Agent {
  server.licet(["agents", "add", "--name", name, "--owner", owner.email, "--responsibility", "Answers customers' tickets."]);
  const { key } = server.licet<{ key: string }>(["keys", "create", "--agent", name]);
  return new Agent(server.url, name, key);
}
