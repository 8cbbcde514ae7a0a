import type { Arguments } from "@/lib/catalog/arguments";
import type { Tool } from "@/lib/catalog/schema";
import type { Json } from "@/lib/platform/strict-json";
import type { STAGES } from "./schema";

export interface Call {
  agent: string;
  tool: Tool;
  /** Pointers of arguments that nobody can inspect. */
  notInspectable: string[];
  /** With defaults filled in; left out: none. */
  arguments?: Arguments;
  /** Why, in the agent's words. */
  reason?: string;
  /** Derived by the catalog; null: the tool has none. */
  resource?: string | null;
  /** Scopes the agent holds without asking. */
  held?: string[];
  /** Named facts from look-ups. */
  facts?: Record<string, Json>;
  /** Look-ups that failed, by name: each raises the blast radius. */
  failedFacts?: string[];
  session?: string;
  /** The agent at the top of the chain of delegation; left out: the agent itself. */
  root_agent?: string;
  stage?: (typeof STAGES)[number];
  mcp_server?: string | null;
  /** What arguments are, by JSON Pointer: mail, money … */
  kinds?: Record<string, string>;
  /** By the database's clock. */
  now?: Date;
}
