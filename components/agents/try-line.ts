import type { Grant } from "@/lib/catalog/grants";

/** A command that asks for the first tool the agent may use and waits a little for the answer. */
export function tryLine(api: string, key: string, grants: Pick<Grant, "tool" | "path">[]): string {
  const grant = grants[0];
  const names = [...(grant?.path ?? "").matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? "");
  const body = {
    tool: grant?.tool ?? "tickets.read",
    arguments: Object.fromEntries(names.map((name) => [name, "1"])),
    reason: "a first try",
    session_id: "first-try",
  };
  return [
    `curl -sS ${api}/approvals \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    `  -H "Content-Type: application/json" -H "Prefer: wait=30" \\`,
    // Names of tools and arguments hold no quotes that end the shell's; the apostrophe is the one that could.
    `  -d '${JSON.stringify(body).replaceAll("'", "\\u0027")}'`,
  ].join("\n");
}
