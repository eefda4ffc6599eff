import { link, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface FolderLockRequest {
  /** Made when it is missing. What the lock guards may lie in it, too. */
  readonly directory: string;
  readonly signal: AbortSignal;
  /** The error when another process has held it for ten minutes; `owner` names the process and its host. */
  busy(owner: string): Error;
}

/**
 * Works while no other process does so under the same folder. The lock survives `kill -9` of its owner. It is a row of files `lock.1`, `lock.2`, ...: the
 * highest one names the owner, or is free. Taking it means creating the next number, which only one process can;
 * giving it back marks the file as free. The highest file is never removed, so that a number is never owned twice.
 */
export const withFolderLock = async <T>(request: FolderLockRequest, work: () => Promise<T>): Promise<T> => {
  await mkdir(request.directory, { recursive: true, mode: 0o700 });
  const file = await take(request);
  try {
    return await work();
  } finally {
    await writeFile(file, "");
  }
};

interface Owner {
  readonly host: string;
  readonly pid: number;
  /** When the process started, in the kernel's own words; empty where the system does not say. */
  readonly start: string;
}

const waitLimitMs = 10 * 60_000;
const pauseMs = 100;

const take = async ({ directory, signal, busy }: FolderLockRequest): Promise<string> => {
  const me: Owner = { host: hostname(), pid: process.pid, start: await startOf(process.pid) };
  for (let waited = 0; ; waited += pauseMs) {
    signal.throwIfAborted();
    const highest = await highestNumber(directory);
    const owner = await ownerOf(directory, highest);
    if (owner === undefined || !(await isAlive(owner))) {
      const mine = await claim(directory, highest + 1, me);
      if (mine !== undefined) return mine;
    } else if (waited >= waitLimitMs) {
      throw busy(`${owner.pid} on ${owner.host}`);
    }
    // At the next turn of the loop an abort becomes the caller's own reason.
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
};

const numbers = async (directory: string): Promise<readonly number[]> =>
  (await readdir(directory))
    .map((name) => Number(/^lock\.(\d{1,15})$/.exec(name)?.[1] ?? Number.NaN))
    .filter((number) => !Number.isNaN(number));

const highestNumber = async (directory: string): Promise<number> =>
  Math.max(0, ...(await numbers(directory)));

const claim = async (directory: string, number: number, me: Owner): Promise<string | undefined> => {
  const file = join(directory, `lock.${number}`);
  const draft = join(directory, `draft.${me.pid}.${Math.random().toString(36).slice(2)}`);
  await writeFile(draft, JSON.stringify(me));
  try {
    // A link appears with its content or not at all, and never over another file.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const all = await numbers(directory);
  if (Math.max(...all) > number) {
    // The row has moved on since it was read: this number was long given back and removed.
    await rm(file, { force: true });
    return undefined;
  }
  await Promise.all(
    all.filter((n) => n < number).map((n) => rm(join(directory, `lock.${n}`), { force: true })),
  );
  return file;
};

const ownerOf = async (directory: string, number: number): Promise<Owner | undefined> => {
  if (number === 0) return undefined;
  const text = await readFile(join(directory, `lock.${number}`), "utf8").catch(() => "");
  try {
    return text === "" ? undefined : (JSON.parse(text) as Owner);
  } catch {
    return undefined;
  }
};

const isAlive = async (owner: Owner): Promise<boolean> => {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return (await startOf(owner.pid)) === owner.start;
};

/** Field 22 of /proc/PID/stat: the start in clock ticks after boot. The command's name before it may hold spaces. */
const startOf = async (pid: number): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
};
