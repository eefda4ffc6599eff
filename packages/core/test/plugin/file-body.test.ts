import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FileBody } from "../../src/plugin/file-body.ts";
import { DigestCheck, sha256 } from "../../src/state/content.ts";

const bytes = Buffer.alloc(2_500_000, "The file's own words. ");
let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "file-body-"));
  path = join(folder, "file");
  await writeFile(path, bytes);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Reads it by a buffer that is used again. */
const readAll = async (body: FileBody, length = 700_000): Promise<Buffer> => {
  const into = Buffer.alloc(length);
  const pieces: Buffer[] = [];
  try {
    for (;;) {
      const filled = await body.readInto(into);
      if (filled === 0) return Buffer.concat(pieces);
      pieces.push(Buffer.from(into.subarray(0, filled)));
    }
  } finally {
    body.destroy();
  }
};

const wrong = () => new DigestCheck("the file", { sha256: "0".repeat(64), sizeBytes: bytes.length });

test("a file is the same as a stream and by buffers", async () => {
  expect((await buffer(new FileBody(path))).equals(bytes)).toBe(true);
  expect((await readAll(new FileBody(path))).equals(bytes)).toBe(true);
});

test("after the end a buffer stays empty, however often it is asked for", async () => {
  const body = new FileBody(path).checkedBy(
    new DigestCheck("the file", { sha256: sha256(bytes), sizeBytes: bytes.length }),
  );
  expect(await body.readInto(Buffer.alloc(3_000_000))).toBe(bytes.length);
  expect(await body.readInto(Buffer.alloc(10))).toBe(0);
  expect(await body.readInto(Buffer.alloc(10))).toBe(0);
  body.destroy();
});

test("other bytes than the expected ones fail, as a stream and by buffers", async () => {
  const refusal = { code: "HWS_STATE_ARTIFACT_DIFFERS" };
  await expect(buffer(new FileBody(path).checkedBy(wrong()))).rejects.toMatchObject(refusal);
  await expect(readAll(new FileBody(path).checkedBy(wrong()))).rejects.toMatchObject(refusal);
});

test("a missing file fails, as a stream and by buffers", async () => {
  const missing = join(folder, "missing");
  await expect(buffer(new FileBody(missing))).rejects.toMatchObject({ code: "ENOENT" });
  await expect(readAll(new FileBody(missing))).rejects.toMatchObject({ code: "ENOENT" });
});

test("who let it go gets no more of it", async () => {
  const body = new FileBody(path);
  await body.readInto(Buffer.alloc(10));
  body.destroy();
  await expect(body.readInto(Buffer.alloc(10))).rejects.toThrow("let go");
});
