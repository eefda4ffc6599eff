import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { HawserError } from "@hawser/core/plugin";
import { operationContext, type ScriptProcess, startScript, testDirectory } from "@hawser/testkit";
import { expect, onTestFinished, test } from "vitest";
import { FsStorage } from "../src/fs-storage.ts";

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}.ts`, import.meta.url));

function start(name: string, directory: string): ScriptProcess {
  const script = startScript(fixture(name), { DIRECTORY: directory });
  onTestFinished(() => script.kill());
  return script;
}

const put = (storage: FsStorage, key: string, text: string) =>
  storage.put({ key, body: Buffer.from(text), sizeBytes: text.length }, operationContext());

test("increments by several processes, killed and stopped at any moment, lose none and leave no lock", async () => {
  const directory = testDirectory();
  const storage = new FsStorage(directory);
  await put(storage, "app/counter", "0");
  const all: ScriptProcess[] = [];
  const startOne = async () => {
    const script = start("increment", directory);
    all.push(script);
    await script.shown("started");
    return script;
  };
  const stopped = await startOne();
  let running = await Promise.all([startOne(), startOne(), startOne()]);
  for (let round = 0; round < 12; round++) {
    // Longer than a silent writer keeps its turn: others must go on, and it must not overwrite when it comes back.
    stopped.child.kill("SIGSTOP");
    await sleep(round % 4 === 0 ? 2_500 : 100 + Math.random() * 300);
    stopped.child.kill("SIGCONT");
    const [first, ...rest] = running;
    await first?.kill();
    running = [...rest, await startOne()];
  }
  await Promise.all(all.map((script) => script.kill()));
  const won = all.flatMap(({ lines }) => lines.filter((line) => line.startsWith("won ")));
  const { stream } = await storage.get({ key: "app/counter" }, operationContext());
  const counter = Number((await buffer(stream)).toString());
  expect(new Set(won).size).toBe(won.length);
  // A process may die between its increment and its word about it.
  expect(counter).toBeGreaterThanOrEqual(won.length);
  expect(counter).toBeLessThanOrEqual(won.length + all.length);
  expect(won.length).toBeGreaterThan(100);
  await put(storage, "app/counter", "free");
});

test("40 kills in the middle of puts and deletes leave no torn object and no lock", async () => {
  const directory = testDirectory();
  const storage = new FsStorage(directory);
  const context = operationContext();
  let reading = true;
  let read = 0;
  const reader = (async () => {
    while (reading) read += await readWhole(storage, `app/shared/${read % 3}`);
  })();
  // On a busy machine a reader meets fewer objects in the same number of rounds.
  for (let round = 0; round < 20 || (read <= 20 && round < 200); round++) {
    const pair = [start("overwrite", directory), start("overwrite", directory)];
    await Promise.all(pair.map((script) => script.shown("started")));
    await sleep(20 + Math.random() * 150);
    await Promise.all(pair.map((script) => script.kill()));
  }
  reading = false;
  await reader;
  expect(read).toBeGreaterThan(20);
  for (const key of ["app/shared/0", "app/shared/1", "app/shared/2"]) {
    await put(storage, key, "after");
    await storage.delete({ key }, context);
  }
  for await (const { key } of storage.list({ prefix: "" }, context)) expect.unreachable(key);
  expect(await readdir(join(directory, ".hawser", "locks"))).toEqual([]);
});

/** 1 when the object was there, whole. */
async function readWhole(storage: FsStorage, key: string): Promise<number> {
  try {
    const body = await buffer((await storage.get({ key }, operationContext())).stream);
    const digest = createHash("sha256").update(body.subarray(32)).digest();
    expect(digest.equals(body.subarray(0, 32))).toBe(true);
    return 1;
  } catch (error) {
    if (!HawserError.is(error, "HWS_STORAGE_NOT_FOUND")) throw error;
    await sleep(5);
    return 0;
  }
}
