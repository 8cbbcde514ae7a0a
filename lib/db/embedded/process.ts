import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as fs from "node:fs/promises";
import { join } from "node:path";

/** What `postmaster.pid` says: first line the process, fourth the port (once it is ready). */
export async function readPid(data: string): Promise<{ pid: number; port: number | null } | null> {
  const text = await fs.readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 1 ? { pid, port: Number(lines[3]) || null } : null;
}

/**
 * After a crash the number may belong to another program by now, or to another PostgreSQL; ours would refuse to start.
 * @returns false: the server of this folder is there, though it may not be ready yet
 */
export async function removeStalePid(data: string): Promise<boolean> {
  const pid = await readPid(data);
  if (pid && isPostgres(pid.pid) && (await worksIn(pid.pid, data))) return false;
  await fs.rm(join(data, "postmaster.pid"), { force: true });
  return true;
}

/** A PostgreSQL works in its data folder. Where the system does not say, it is taken for ours: never two on one folder. */
async function worksIn(pid: number, data: string): Promise<boolean> {
  if (process.platform !== "linux") return true;
  const folder = await fs.readlink(`/proc/${pid}/cwd`).catch(() => null);
  return folder === null || folder === (await fs.realpath(data));
}

/** Is this process alive, and a PostgreSQL? A zombie is not. */
export function isPostgres(pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === "win32") return true;
  const shown = process.platform === "linux" ? readStat(pid) : readPs(pid);
  return shown.includes("postgres") && !/\) Z|^Z/.test(shown);
}

/** `pid (comm) state …` */
function readStat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "";
  }
}

const readPs = (pid: number) => spawnSync("ps", ["-o", "stat=,comm=", "-p", String(pid)], { encoding: "utf8" }).stdout;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
