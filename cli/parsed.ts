import type { z } from "zod";
import { UsageError } from "./usage-error";

/** A command's value, checked as the API checks it. @throws UsageError that names the option */
export function parsed<T extends z.ZodType>(option: string, schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(`${option} ${result.error.issues.map((issue) => issue.message).join("; ")}. Nothing was changed.`);
}
