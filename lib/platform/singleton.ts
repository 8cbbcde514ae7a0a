/**
 * One value per process, whichever copy of `lib/` asks: the server's bundle, Next's pages and Next's handlers each hold
 * one, and a pool, a listener or a queue must not exist three times.
 */
export function singleton<T>(name: string, make: () => T): T {
  const symbol = Symbol.for(`licet ${name}`);
  const store = globalThis as unknown as Record<symbol, T | undefined>;
  return (store[symbol] ??= make());
}
