import type { HttpBindings } from "@hono/node-server";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { AgentIdentity } from "@/lib/credentials/agent-keys";
import type { SignedIn } from "@/lib/people/schema";
import type { Json } from "@/lib/platform/strict-json";
import { invalidInput } from "./problem";

export interface Environment {
  Bindings: HttpBindings;
  Variables: {
    requestId: string;
    agent: AgentIdentity;
    person: SignedIn;
    /** The parsed body, where there is one. */
    body: Json;
  };
}

/** A router whose input errors are problems like all others: 422 with a JSON Pointer for each. */
export function router(): OpenAPIHono<Environment> {
  return new OpenAPIHono<Environment>({
    defaultHook: (result) => {
      if (result.success) return;
      throw invalidInput(result.target, result.error.issues);
    },
  });
}
