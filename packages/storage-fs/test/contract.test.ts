import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeStorage } from "@hawser/testkit";
import { afterAll, beforeAll } from "vitest";
import { FsStorage } from "../src/fs-storage.ts";
import plugin from "../src/index.ts";

let folder: string;
let places = 0;
const directoryOf = new WeakMap<object, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hawser-storage-fs-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = (directory: string) => {
  const storage = new FsStorage(directory);
  directoryOf.set(storage, directory);
  return storage;
};

describeStorage("storage-fs", {
  plugin,
  create: async () => open(join(folder, `place-${places++}`)),
  second: async (storage) => open(directoryOf.get(storage) as string),
});
