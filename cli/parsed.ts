import type { z } from "zod";

/** A command's value, checked as the API checks it. @throws Error that names the option */
export function parsed<T extends z.ZodType>(option: string, schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`${option} ${result.error.issues.map((issue) => issue.message).join("; ")}. Nothing was changed.`);
}
