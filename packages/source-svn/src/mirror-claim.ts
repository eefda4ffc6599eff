import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/** The name of a mirror that nobody uses. */
const idle = "idle";
/** After so long a mirror of another machine's process is taken for abandoned: no fetch may last so long. */
const abandonedAfterMs = 24 * 60 * 60_000;

/**
 * Works on a mirror that no other process uses meanwhile. A mirror is a folder with the name of its user, and renaming
 * it is the claim: nobody waits for anybody, and who finds none free begins a new one. `kill -9` leaves a folder with
 * the name of a dead process, which the next one takes over.
 */
export const withClaimedMirror = async <T>(
  directory: string,
  work: (mirror: string) => Promise<T>,
): Promise<T> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const mine = join(directory, await ownName());
  await claim(directory, mine);
  try {
    return await work(mine);
  } finally {
    await giveBack(directory, mine);
  }
};

const ownName = async (): Promise<string> =>
  [
    encodeURIComponent(hostname()).replaceAll(".", "%2E"),
    process.pid,
    (await startOf(process.pid)) || "0",
    randomBytes(6).toString("hex"),
  ].join(".");

const claim = async (directory: string, mine: string): Promise<void> => {
  for (const name of [idle, ...(await abandoned(directory))]) {
    const taken = await rename(join(directory, name), mine).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return false;
        throw error;
      },
    );
    if (taken) return;
  }
  await mkdir(mine, { mode: 0o700 });
};

/** A folder is renamed only over an empty one: of several that are given back the first stays. */
const giveBack = async (directory: string, mine: string): Promise<void> => {
  await rename(mine, join(directory, idle)).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return;
    await rm(mine, { recursive: true, force: true });
  });
};

const abandoned = async (directory: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const name of await readdir(directory)) {
    const [host, pid, start] = name.split(".");
    if (host === undefined || pid === undefined || start === undefined) continue;
    const here = host === encodeURIComponent(hostname()).replaceAll(".", "%2E");
    if (here ? !(await isAlive(Number(pid), start)) : await isOld(join(directory, name))) found.push(name);
  }
  return found;
};

const isOld = async (path: string): Promise<boolean> => {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs > abandonedAfterMs;
};

const isAlive = async (pid: number, start: string): Promise<boolean> => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  // The number may have gone to another process since.
  return start === "0" || (await startOf(pid)) === start;
};

/** Field 22 of /proc/PID/stat: the start in clock ticks after boot. The command's name before it may hold spaces. */
const startOf = async (pid: number): Promise<string> => {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "";
};
