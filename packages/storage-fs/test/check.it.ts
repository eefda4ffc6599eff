import { execFileSync } from "node:child_process";
import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { operationContext, testDirectory } from "@hawser/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { FsStorage } from "../src/fs-storage.ts";

const context = operationContext();
const put = (storage: FsStorage, key: string, body: Buffer) =>
  storage.put({ key, body, sizeBytes: body.length }, context);
const code = (value: string) => expect.objectContaining({ code: value });

/** A small file system of its own, which needs the rights of root. */
function mounted(options: string): string {
  const directory = testDirectory();
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory]);
  onTestFinished(() => void execFileSync("umount", ["-l", directory]));
  return directory;
}

async function failedPut(storage: FsStorage, key: string, bytes: number): Promise<unknown> {
  return put(storage, key, Buffer.alloc(bytes, "x")).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a storage directory tells", () => {
  test("that it is not there yet, which the first write mends", async () => {
    const parent = testDirectory();
    const storage = new FsStorage(join(parent, "storage"));
    expect(await storage.check(context)).toMatchObject([
      { code: "HWS_STORAGE_NOT_YET", severity: "warning" },
    ]);
    expect(await readdir(parent)).toEqual([]);
  });

  test("that its folder is missing, or that it is a file", async () => {
    const parent = testDirectory();
    await writeFile(join(parent, "file"), "");
    const missing = new FsStorage(join(parent, "missing", "storage"));
    expect(await missing.check(context)).toMatchObject([{ code: "HWS_STORAGE_MISSING", severity: "error" }]);
    const file = new FsStorage(join(parent, "file"));
    expect(await file.check(context)).toMatchObject([{ code: "HWS_STORAGE_NOT_DIRECTORY" }]);
  });

  test("that its disk is full, and a put that does not fit stores nothing and keeps what was there", async () => {
    const directory = mounted("size=400k");
    const storage = new FsStorage(directory);
    await put(storage, "app/kept", Buffer.from("kept"));
    expect(await failedPut(storage, "app/large", 2_000_000)).toMatchObject({
      code: "HWS_STORAGE_FULL",
      message: expect.stringContaining(directory),
    });
    expect(await failedPut(storage, "app/kept", 2_000_000)).toEqual(code("HWS_STORAGE_FULL"));
    expect(await readFile(join(directory, "app/kept"), "utf8")).toBe("kept");
    expect(await readdir(join(directory, ".hawser/parts"))).toEqual([]);
    await writeFile(join(directory, "ballast"), Buffer.alloc(2_000_000)).catch(() => undefined);
    expect(await storage.check(context)).toMatchObject([{ code: "HWS_STORAGE_FULL" }]);
  });

  test("that its inodes are used up", async () => {
    const directory = mounted("size=4m,nr_inodes=12");
    const storage = new FsStorage(directory);
    let failure: unknown;
    for (let i = 0; i < 12 && failure === undefined; i++) failure = await failedPut(storage, `app/${i}`, 1);
    expect(failure).toEqual(code("HWS_STORAGE_FULL"));
  });

  test("that it is read-only, and still reads", async () => {
    const directory = mounted("size=4m");
    const storage = new FsStorage(directory);
    await put(storage, "app/kept", Buffer.from("kept"));
    execFileSync("mount", ["-o", "remount,ro", directory]);
    expect(await storage.check(context)).toMatchObject([{ code: "HWS_STORAGE_READ_ONLY" }]);
    expect(await failedPut(storage, "app/kept", 1)).toEqual(code("HWS_STORAGE_READ_ONLY"));
    expect(await storage.stat({ key: "app/kept" }, context)).toMatchObject({ sizeBytes: 4 });
  });

  test("that this user may not use it", async () => {
    const directory = testDirectory();
    const storage = new FsStorage(directory);
    await put(storage, "app/kept", Buffer.from("kept"));
    await chmod(directory, 0o555);
    const nobody = 65_534;
    process.seteuid?.(nobody);
    try {
      expect(await storage.check(context)).toMatchObject([{ code: "HWS_STORAGE_DENIED" }]);
      expect(await failedPut(storage, "app/other", 1)).toEqual(code("HWS_STORAGE_DENIED"));
    } finally {
      process.seteuid?.(0);
    }
    await chmod(directory, 0o700);
  });
});
