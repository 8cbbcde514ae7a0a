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

/** After a crash the number may belong to another program by now; PostgreSQL itself would then refuse to start. */
export async function removeStalePid(data: string): Promise<void> {
  const pid = await readPid(data);
  if (pid && !isPostgres(pid.pid)) await fs.rm(join(data, "postmaster.pid"), { force: true });
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
