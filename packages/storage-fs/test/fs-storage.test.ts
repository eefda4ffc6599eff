import {
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { operationContext, pluginContext, testDirectory } from "@hawser/testkit";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { Claim } from "../src/claim.ts";
import { FsStorage } from "../src/fs-storage.ts";
import plugin from "../src/index.ts";
import { Layout } from "../src/layout.ts";
import { networkOf } from "../src/mount.ts";

const context = operationContext();
const code = (value: string) => expect.objectContaining({ code: value });
const put = (storage: FsStorage, key: string, text: string, ifMatch?: string) =>
  storage.put(
    { key, body: Buffer.from(text), sizeBytes: text.length, ...(ifMatch !== undefined && { ifMatch }) },
    context,
  );
const read = async (storage: FsStorage, key: string) =>
  (await buffer((await storage.get({ key }, context)).stream)).toString();

test("an object is a plain file at its key below the directory", async () => {
  const directory = testDirectory();
  await put(new FsStorage(directory), "shop/releases/000001/record", "text");
  expect(await readFile(join(directory, "shop/releases/000001/record"), "utf8")).toBe("text");
});

test("the first write makes the directory, never its parents", async () => {
  const parent = testDirectory();
  await put(new FsStorage(join(parent, "storage")), "a", "x");
  const unmounted = new FsStorage(join(parent, "missing", "storage"));
  await expect(put(unmounted, "a", "x")).rejects.toEqual(code("HWS_STORAGE_MISSING"));
});

test("equal bytes written in the same tick of the clock have different etags", async () => {
  const storage = new FsStorage(testDirectory());
  const etags = new Set<string>();
  for (let i = 0; i < 200; i++) etags.add((await put(storage, "app/lock", i % 2 ? "held" : "free")).etag);
  expect(etags.size).toBe(200);
});

test("an etag survives neither a replacement with equal bytes nor a clock that was set back", async () => {
  const directory = testDirectory();
  const storage = new FsStorage(directory);
  await put(storage, "app/lock", "free");
  const future = Date.now() / 1000 + 3_600;
  await utimes(join(directory, "app/lock"), future, future);
  const before = await storage.stat({ key: "app/lock" }, context);
  const after = await put(storage, "app/lock", "free", before?.etag);
  expect(after.etag).not.toBe(before?.etag);
  await expect(put(storage, "app/lock", "free", before?.etag)).rejects.toEqual(code("HWS_STORAGE_CONFLICT"));
});

test("a writer that was put out cannot commit when it comes back", async () => {
  const directory = testDirectory();
  const storage = new FsStorage(directory);
  await put(storage, "app/lock", "before");
  const layout = new Layout(directory);
  const body = join(layout.parts, "stopped");
  await writeFile(body, "from the stopped writer");
  const stopped = await Claim.take(layout, "app/lock", (token) => link(body, token), context.signal);
  await put(storage, "app/lock", "after");
  await expect(rename(stopped.token, layout.file("app/lock"))).rejects.toEqual(code("ENOENT"));
  await stopped.release();
  expect(await read(storage, "app/lock")).toBe("after");
});

test("a writer that holds its turn is waited for, and not put out early", async () => {
  const directory = testDirectory();
  const storage = new FsStorage(directory);
  await put(storage, "app/lock", "before");
  const layout = new Layout(directory);
  const holding = await Claim.take(layout, "app/lock", (token) => writeFile(token, "x"), context.signal);
  const order: string[] = [];
  const waiting = put(storage, "app/lock", "after").then(() => order.push("second"));
  setTimeout(() => {
    order.push("first");
    void holding.release();
  }, 300);
  await waiting;
  expect(order).toEqual(["first", "second"]);
});

test("a turn that nobody gives up in time is HWS_STORAGE_BUSY", async () => {
  const layout = new Layout(testDirectory());
  await layout.make();
  const fill = (token: string) => writeFile(token, "x");
  const holding = await Claim.take(layout, "app/lock", fill, context.signal);
  const patience = { evictAfterMs: 10_000, giveUpMs: 100 };
  await expect(Claim.take(layout, "app/lock", fill, context.signal, patience)).rejects.toMatchObject({
    code: "HWS_STORAGE_BUSY",
    retryable: true,
  });
  await holding.release();
  expect(await readdir(layout.claims)).toEqual([]);
});

test("nothing is left beside the objects after puts, conflicts, deletes and cut bodies", async () => {
  const directory = testDirectory();
  const storage = new FsStorage(directory);
  const { etag } = await put(storage, "app/a", "1");
  await put(storage, "app/a", "2");
  await put(storage, "app/a", "3", etag).catch(() => undefined);
  await storage
    .put({ key: "app/b", body: Buffer.from("short"), sizeBytes: 99 }, context)
    .catch(() => undefined);
  await storage.delete({ key: "app/a" }, context);
  for (const folder of ["parts", "claims", "locks", "trash"]) {
    expect(await readdir(join(directory, ".hawser", folder))).toEqual([]);
  }
  expect(await readdir(directory)).toEqual([".hawser"]);
});

test("what killed processes left behind is swept after an hour, and no earlier", async () => {
  const directory = testDirectory();
  await put(new FsStorage(directory), "app/a", "1");
  const { parts, claims } = new Layout(directory);
  await writeFile(join(parts, "old"), "cut");
  await writeFile(join(parts, "young"), "cut");
  await mkdir(join(claims, "old"));
  await writeFile(join(claims, "old", "old"), "cut");
  const longAgo = Date.now() / 1000 - 3_700;
  await utimes(join(parts, "old"), longAgo, longAgo);
  await utimes(join(claims, "old"), longAgo, longAgo);
  await put(new FsStorage(directory), "app/a", "2");
  expect(await readdir(parts)).toEqual(["young"]);
  expect(await readdir(claims)).toEqual([]);
});

test("a file that is cut while it is read fails the stream", async () => {
  const directory = testDirectory();
  const storage = new FsStorage(directory);
  await put(storage, "app/a", "x".repeat(3_000_000));
  const { stream } = await storage.get({ key: "app/a" }, context);
  await truncate(join(directory, "app/a"), 1_000);
  await expect(buffer(stream)).rejects.toEqual(code("HWS_STORAGE_TRUNCATED"));
});

test("symbolic links are neither listed nor followed to an object", async () => {
  const directory = testDirectory();
  const storage = new FsStorage(directory);
  await put(storage, "app/a", "1");
  await symlink("/etc/passwd", join(directory, "app/link"));
  await expect(storage.get({ key: "app/link" }, context)).rejects.toEqual(code("HWS_STORAGE_NOT_FOUND"));
  expect(await storage.stat({ key: "app/link" }, context)).toBeUndefined();
  const keys: string[] = [];
  for await (const { key } of storage.list({ prefix: "" }, context)) keys.push(key);
  expect(keys).toEqual(["app/a"]);
});

test("a key and a key below it cannot both be objects, and the first stays", async () => {
  const storage = new FsStorage(testDirectory());
  await put(storage, "app/a", "1");
  await expect(put(storage, "app/a/b", "2")).rejects.toEqual(code("HWS_STORAGE_KEY_TAKEN"));
  await put(storage, "app/c/d", "3");
  await expect(put(storage, "app/c", "4")).rejects.toEqual(code("HWS_STORAGE_KEY_TAKEN"));
  await expect(storage.delete({ key: "app/c" }, context)).rejects.toEqual(code("HWS_STORAGE_KEY_TAKEN"));
  expect(await read(storage, "app/a")).toBe("1");
  expect(await read(storage, "app/c/d")).toBe("3");
});

test.each([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xff534d42 | 0, "CIFS"],
  [0xef53, undefined],
  [0x01021994, undefined],
  [0x9123683e, undefined],
])("the file system type %i is the network file system %s", (type, kind) => {
  expect(networkOf(type)).toBe(kind);
});

test("the plugin takes a directory and nothing else", async () => {
  const validate = new Ajv2020({ strict: false }).compile(plugin.schema);
  expect(validate({ directory: "./releases" })).toBe(true);
  for (const options of [{}, { directory: "" }, { directory: 1 }, { directory: "a", diretory: "b" }]) {
    expect(validate(options)).toBe(false);
  }
  const storage = await plugin.create({ directory: testDirectory() }, pluginContext());
  expect(await storage.check?.(context)).toEqual([]);
});
