import { z } from "zod";
import { PolicyDocument } from "./schema";

/** JSON Schema (2020-12) of the policy document, from the same definition that checks it. */
export function policySchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(PolicyDocument, { io: "input" });
  return { $schema, title: "Licet policy", description: "See docs/policy.md.", ...schema };
}
