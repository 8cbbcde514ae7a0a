import type { Json } from "./strict-json";

/** `/to` for `to`, unchanged for what already is a pointer: in `licet.yaml` both are understood. */
export function toPointer(text: string): string {
  return text.startsWith("/") ? text : `/${text.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

export const isPointer = (text: string) => /^(?:\/(?:[^~/]|~[01])*)+$/.test(text);

/** RFC 6901: the value a pointer names, or undefined. Own properties only. */
export function resolvePointer(value: Json, pointer: string): Json | undefined {
  let current: Json | undefined = value;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(current)) current = /^(?:0|[1-9]\d*)$/.test(key) ? current[Number(key)] : undefined;
    else if (current && typeof current === "object") current = Object.hasOwn(current, key) ? current[key] : undefined;
    else return undefined;
  }
  return current;
}
