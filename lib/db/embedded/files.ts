import * as fs from "node:fs/promises";

export const exists = (path: string) =>
  fs.access(path).then(
    () => true,
    () => false,
  );

/** For `.catch`: lets the named error codes pass. */
export const ignore =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException) => {
    if (!codes.includes(error.code ?? "")) throw error;
  };

/** Null when there is no such file. */
export async function readJson<T>(path: string): Promise<T | null> {
  const text = await fs.readFile(path, "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as T);
}

/** Whole or not at all, readable by us alone. */
export async function writeSecretFile(path: string, text: string): Promise<void> {
  await fs.writeFile(`${path}.${process.pid}`, text, { mode: 0o600 });
  await fs.rename(`${path}.${process.pid}`, path);
}
