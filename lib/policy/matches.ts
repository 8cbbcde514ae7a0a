import { matchesPattern } from "@/lib/catalog/pattern";
import type { Risk } from "@/lib/catalog/terms";
import type { Call } from "./call";
import type { Match } from "./schema";

/**
 * Does a call fit what a match names?
 * @returns null when it does, else what differs, for people
 */
export function mismatch(match: Match, call: Call, risk: Risk): string | null {
  const { tool } = call;
  if (!fits(match.tool, tool.name)) return `the tool is ${tool.name}`;
  if (!fits(match.agent, call.agent)) return `the agent is ${call.agent}`;
  if (match.action && !match.action.includes(tool.action)) return `the action is ${tool.action}`;
  if (match.impact && !match.impact.includes(tool.impact)) return `the impact is ${tool.impact}`;
  if (match.reversibility && !match.reversibility.includes(tool.reversibility)) return `the call is ${WORDS[tool.reversibility]}`;
  if (match.risk && !match.risk.includes(risk)) return `the risk is ${risk}`;
  if (!fits(match.scope, tool.scope)) return `the scope is ${tool.scope}`;
  if (match.mcp_server && !(call.mcp_server && fits(match.mcp_server, call.mcp_server)))
    return call.mcp_server ? `the MCP server is ${call.mcp_server}` : "the tool is not of an MCP server";
  // An agent whose stage nobody says is in production, as those are that were there before stages.
  const stage = call.stage ?? "production";
  if (match.stage && !match.stage.includes(stage)) return `the agent is in ${stage}`;
  return null;
}

const WORDS = { reversible: "reversible", effort: "reversible with effort", irreversible: "irreversible" } as const;

const fits = (patterns: string[] | undefined, name: string) => !patterns || patterns.some((pattern) => fitsOne(pattern, name));

/** Most rules are for other tools: that is told by the first letters, without taking the pattern apart. */
function fitsOne(pattern: string, name: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === name;
  for (let i = 0; i < star; i++) if (pattern.charCodeAt(i) !== name.charCodeAt(i)) return false;
  return star === pattern.length - 1 || matchesPattern(pattern, name);
}

/** Of several matches one must fit. @returns null when one does, else what differs */
export function mismatches(matches: Match[], call: Call, risk: Risk): string | null {
  let first: string | null = null;
  for (const match of matches) {
    const differs = mismatch(match, call, risk);
    if (differs === null) return null;
    first ??= differs;
  }
  return first ?? "it matches nothing";
}
