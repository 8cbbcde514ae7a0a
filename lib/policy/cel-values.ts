import { isCelError, parse, plan, type CelInput } from "@bufbuild/cel";
import { env, RUN } from "./cel-cost";

export interface Bindings {
  values: Record<string, CelInput>;
  /** How many values there are in them: what comparing two of them may cost. */
  weight: number;
}

/**
 * JSON as CEL sees it: whole numbers are int, others double, objects are maps. Comparing across int and double works as
 * CEL says; arithmetic needs one type (`double(arguments.amount) * 1.5`).
 * @param more  values that are CEL's already
 * @throws Error for a list of more than 1 000 items
 */
export function bindJson(json: Record<string, unknown>, more: Record<string, CelInput> = {}): Bindings {
  let weight = 0;
  const bind = (value: unknown): CelInput => {
    weight++;
    if (typeof value === "string") weight += value.length / 64;
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
    if (Array.isArray(value)) {
      if (value.length > RUN.items) throw new Error(`a list of more than ${RUN.items} items`);
      return value.map(bind);
    }
    if (typeof value === "object") return new Map(Object.entries(value).map(([key, each]) => [key, bind(each)]));
    throw new Error(`${typeof value} is not JSON`);
  };
  // Without a prototype: a name that is not bound is nothing else either.
  const values: Record<string, CelInput> = { ...more };
  Object.setPrototypeOf(values, null);
  for (const [name, value] of Object.entries(json)) if (value !== undefined) values[name] = bind(value);
  return { values, weight };
}

const timestamp = plan(env, parse("timestamp(text)"));

/** An instant as CEL's timestamp. */
export function bindTime(instant: Date): CelInput {
  const value = timestamp({ text: instant.toISOString() });
  if (isCelError(value)) throw value;
  return value;
}
