import type { Call } from "./call";

/** The catalog's entry as expressions see it. */
export const catalogBindings = ({ tool, mcp_server }: Pick<Call, "tool" | "mcp_server">) => ({
  name: tool.name,
  version: tool.version,
  action: tool.action,
  impact: tool.impact,
  reversibility: tool.reversibility,
  risk: tool.risk,
  justified: Boolean(tool.justification),
  method: tool.method,
  path: tool.path,
  mcp_server: mcp_server ?? null,
});
