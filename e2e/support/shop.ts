import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Server } from "./server";

/** Applies a `licet.yaml` given as text. */
export function apply(server: Server, yaml: string): void {
  const file = join(mkdtempSync(join(tmpdir(), "licet-yaml-")), "licet.yaml");
  writeFileSync(file, yaml);
  server.licet(["apply", "-f", file, "--yes"]);
}

/** A tool of each risk, granted to this agent. */
export const shopFor = (agent: string) => `
version: 1
tools:
  - { name: tickets.read, title: "Read ticket {id}", action: read, impact: record, reversibility: reversible, method: GET, path: "/tickets/{id}", justification: needed to answer }
  - { name: notes.add, title: "Add a note to {id}", action: write, impact: record, reversibility: reversible, method: POST, path: "/tickets/{id}/notes", justification: can be removed again }
  - { name: orders.refund, title: "Refund {amount} EUR for order {id}", action: write, impact: record, reversibility: effort, method: POST, path: "/orders/{id}/refunds", justification: can be charged again }
  - name: users.delete
    title: Delete user {id} for good
    action: delete
    impact: record
    reversibility: irreversible
    method: DELETE
    path: /users/{id}
    justification: erasure requests (GDPR)
    decisive: [id]
    arguments: { type: object, properties: { id: { type: string }, cascade: { type: boolean } }, required: [id], additionalProperties: false }
grants:
${["tickets.read", "notes.add", "orders.refund", "users.delete"].map((tool) => `  - { agent: ${agent}, tool: ${tool}, justification: its purpose }`).join("\n")}
`;
