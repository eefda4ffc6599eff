import { spawn } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { testDirectory } from "@hawser/testkit";
import { expect, test } from "vitest";
import { withFolderLock } from "../../src/process/folder-lock.ts";

const { signal } = new AbortController();
const busy = (owner: string) => new Error(`held by ${owner}`);

test("of many holders one is at work at a time, and all get their turn", async () => {
  const directory = testDirectory();
  let inside = 0;
  let most = 0;
  const turns = Array.from({ length: 8 }, () =>
    withFolderLock({ directory, signal, busy }, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    }),
  );
  await Promise.all(turns);
  expect(most).toBe(1);
  expect((await readdir(directory)).filter((name) => name.startsWith("lock."))).toHaveLength(1);
});

test("what the work throws is thrown, and the lock is given back", async () => {
  const directory = testDirectory();
  const failing = withFolderLock({ directory, signal, busy }, async () => {
    throw new Error("broken");
  });
  await expect(failing).rejects.toThrow("broken");
  expect(await withFolderLock({ directory, signal, busy }, async () => "next")).toBe("next");
});

test("the lock of a process that is dead, or whose number another process has now, is taken", async () => {
  const directory = testDirectory();
  const child = spawn("true");
  await new Promise((resolve) => child.once("exit", resolve));
  const owners = [
    { host: hostname(), pid: child.pid, start: "1" },
    { host: hostname(), pid: process.pid, start: "1" },
  ];
  for (const [index, owner] of owners.entries()) {
    await writeFile(join(directory, `lock.${100 * (index + 1)}`), JSON.stringify(owner));
    expect(await withFolderLock({ directory, signal, busy }, async () => "taken")).toBe("taken");
  }
});

test("waiting for the lock of a living process ends with the caller's patience", async () => {
  const directory = testDirectory();
  const stop = new AbortController();
  await withFolderLock({ directory, signal, busy }, async () => {
    const waiting = withFolderLock({ directory, signal: stop.signal, busy }, async () => "never");
    stop.abort(new Error("given up"));
    await expect(waiting).rejects.toThrow("given up");
  });
});
