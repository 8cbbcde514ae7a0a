/**
 * Parses JSON and refuses what two parsers could read differently (RFC 7493, I-JSON): duplicate keys, `__proto__`, lone
 * surrogates, NUL, integers beyond 2^53 - 1 and numbers that overflow. What is hashed, shown to a person and executed
 * must be one thing, so nothing is repaired and nothing truncated.
 */
export const LIMITS = { bytes: 64 * 1024, string: 8 * 1024, depth: 16, keys: 256, items: 256 } as const;

export class JsonError extends Error {
  override name = "JsonError";

  constructor(
    message: string,
    /** JSON Pointer (RFC 6901) of where it stands. */
    readonly pointer: string,
  ) {
    super(message);
  }
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * @param text  at most `LIMITS.bytes` long (the door checks that before reading the body)
 * @throws JsonError with the pointer of the offending value
 */
export function parseStrictJson(text: string): Json {
  const value = parseNative(text);
  new Checker(text).check();
  return value;
}

function parseNative(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new JsonError("is not JSON", "");
  }
}

/** Walks text that JSON.parse has already accepted, so it only looks for what JSON.parse lets through. */
class Checker {
  private at = 0;
  private readonly path: (string | number)[] = [];

  constructor(private readonly text: string) {}

  check(): void {
    this.value(0);
  }

  private fail(message: string): never {
    const pointer = this.path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
    throw new JsonError(message, pointer);
  }

  private space(): void {
    while (this.at < this.text.length && " \t\n\r".includes(this.text.charAt(this.at))) this.at++;
  }

  private value(depth: number): void {
    if (depth > LIMITS.depth) this.fail(`is nested deeper than ${LIMITS.depth} levels`);
    this.space();
    const first = this.text.charAt(this.at);
    if (first === "{") this.object(depth);
    else if (first === "[") this.array(depth);
    else if (first === '"') this.string();
    else this.scalar();
    this.space();
  }

  private object(depth: number): void {
    const keys = new Set<string>();
    this.at++;
    this.space();
    while (this.text.charAt(this.at) !== "}") {
      const key = this.string();
      this.path.push(key);
      if (key === "__proto__") this.fail("is a key that is not allowed");
      if (keys.has(key)) this.fail("is there twice");
      if (keys.add(key).size > LIMITS.keys) this.fail(`is one key more than the ${LIMITS.keys} an object may have`);
      this.space();
      this.at++; // the colon
      this.value(depth + 1);
      this.path.pop();
      if (this.text.charAt(this.at) === ",") this.at++;
      this.space();
    }
    this.at++;
  }

  private array(depth: number): void {
    this.at++;
    this.space();
    for (let index = 0; this.text.charAt(this.at) !== "]"; index++) {
      this.path.push(index);
      if (index >= LIMITS.items) this.fail(`is one item more than the ${LIMITS.items} a list may have`);
      this.value(depth + 1);
      this.path.pop();
      if (this.text.charAt(this.at) === ",") this.at++;
    }
    this.at++;
  }

  private string(): string {
    const start = this.at++;
    let escaped = false;
    for (let char = this.text.charAt(this.at); char !== '"'; char = this.text.charAt(++this.at)) {
      if (char === "\\") {
        escaped = true;
        this.at++;
      }
    }
    this.at++;
    const raw = this.text.slice(start, this.at);
    const value = escaped ? (JSON.parse(raw) as string) : raw.slice(1, -1);
    if (value.length > LIMITS.string) this.fail(`is longer than ${LIMITS.string} characters`);
    if (!value.isWellFormed()) this.fail("holds half of a surrogate pair");
    if (value.includes("\0")) this.fail("holds a NUL character");
    return value;
  }

  private scalar(): void {
    const start = this.at;
    while (this.at < this.text.length && !",]} \t\n\r".includes(this.text.charAt(this.at))) this.at++;
    const raw = this.text.slice(start, this.at);
    const number = Number(raw);
    if (/^[tfn]/.test(raw)) return;
    if (!Number.isFinite(number)) this.fail("is a number too large to keep");
    if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
      this.fail("is an integer beyond 2^53 - 1: send it as a string");
    }
  }
}
