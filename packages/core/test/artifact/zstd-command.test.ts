import { createReadStream, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect, test, vi } from "vitest";
import { unzstd, zstdFile } from "../../src/artifact/zstd-command.ts";
import { folder } from "./fixtures/context.ts";

const { signal } = new AbortController();

test("a file that was compressed is read back as it was", async () => {
  const base = await folder();
  const text = "Hawser\n".repeat(50_000);
  writeFileSync(join(base, "in"), text);
  expect(await zstdFile(join(base, "in"), join(base, "out"), signal)).toBe(true);
  expect(readFileSync(join(base, "out")).length).toBeLessThan(text.length / 100);
  const back = await buffer(Readable.from(unzstd(createReadStream(join(base, "out")))));
  expect(back.toString()).toBe(text);
});

test("without the program, or without the file, there is no output and the answer is false", async () => {
  const base = await folder();
  expect(await zstdFile(join(base, "none"), join(base, "out"), signal)).toBe(false);
  vi.stubEnv("PATH", base);
  vi.resetModules();
  const bare = await import("../../src/artifact/zstd-command.ts");
  writeFileSync(join(base, "in"), "text");
  expect(await bare.zstdFile(join(base, "in"), join(base, "out"), signal)).toBe(false);
  vi.unstubAllEnvs();
  expect(readdirSync(base)).toEqual(["in"]);
});

test("an aborted compression throws the reason and leaves nothing", async () => {
  const base = await folder();
  writeFileSync(join(base, "in"), "text");
  const aborted = AbortSignal.abort(new Error("given up"));
  await expect(zstdFile(join(base, "in"), join(base, "out"), aborted)).rejects.toThrow("given up");
  expect(readdirSync(base)).toEqual(["in"]);
});
