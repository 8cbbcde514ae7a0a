// CPU time of running processes, from Linux's /proc; elsewhere nothing is measured.
import { readdirSync, readFileSync } from "node:fs";

/** /proc counts in hundredths of a second, whatever the kernel's own tick (proc(5), sysconf(_SC_CLK_TCK)). */
const MICROSECONDS = 10_000;

function stat(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").pop().split(" ");
  return { parent: Number(fields[1]), own: Number(fields[11]) + Number(fields[12]), ended: Number(fields[13]) + Number(fields[14]) };
}

/** @returns microseconds of a process with its children, ended ones too; null where there is no /proc */
export function cpuTime(pid) {
  try {
    const root = stat(pid);
    let ticks = root.own + root.ended;
    for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        const child = stat(entry);
        if (child.parent === pid) ticks += child.own;
      } catch {
        continue; // it ended meanwhile
      }
    }
    return ticks * MICROSECONDS;
  } catch {
    return null;
  }
}

/** The process a PostgreSQL connection's server process comes from. */
export const parentOf = (pid) => {
  try {
    return stat(pid).parent;
  } catch {
    return null;
  }
};
