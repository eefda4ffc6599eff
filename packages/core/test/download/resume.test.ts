import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { defineErrors } from "../../src/errors/catalogue.ts";
import { Served, sha256, someBytes, trial } from "./trial.ts";

const own = defineErrors({
  HWS_TRIAL_BUSY: { message: () => "busy", retryable: true },
  HWS_TRIAL_REFUSED: { message: () => "refused" },
});

it("brings a file whole, with its length and digest, and tells how far it is", async () => {
  const served = new Served();
  const { get, reports } = trial();
  const got = await get({ open: served.open });
  expect(await readFile(got.path)).toEqual(served.bytes);
  expect(got).toMatchObject({ sizeBytes: 300_000, sha256: sha256(served.bytes), kept: false });
  expect(reports.at(-1)).toEqual({ bytes: 300_000, total: 300_000 });
  expect(reports.length).toBeGreaterThan(1);
});

it.each([0, 1, 150_000, 299_999])("goes on at byte %i, where the stream was cut", async (cut) => {
  for (const ending of ["error", "end", "silence"] as const) {
    const served = new Served();
    served.cuts.push(cut);
    served.ending = ending;
    const { get } = trial();
    const { path } = await get({ open: served.open });
    expect((await readFile(path)).equals(served.bytes)).toBe(true);
    expect(served.offsets).toEqual([0, cut]);
  }
});

it("does not open again what fails behind its last byte", async () => {
  const served = new Served();
  served.cuts.push(300_000);
  const { get } = trial();
  await get({ open: served.open });
  expect(served.offsets).toEqual([0]);
});

it("begins anew where the protocol can only give the whole file", async () => {
  const served = new Served();
  served.ranges = false;
  served.cuts.push(150_000, 200_000);
  const { get } = trial();
  const { path } = await get({ open: served.open });
  expect((await readFile(path)).equals(served.bytes)).toBe(true);
  expect(served.offsets).toEqual([0, 150_000, 200_000]);
});

it("gives up after five openings that bring nothing, with an error that may pass", async () => {
  const served = new Served();
  served.cuts.push(...Array(20).fill(0));
  const { get, names } = trial();
  await expect(get({ open: served.open })).rejects.toMatchObject({
    code: "HWS_DOWNLOAD_CUT",
    retryable: true,
  });
  expect(served.offsets).toEqual([0, 0, 0, 0, 0]);
  expect(names()).toEqual([]);
});

it("refills the budget with what comes, but not with what came before", async () => {
  const served = new Served();
  served.cuts.push(...Array.from({ length: 30 }, (_, index) => (index + 1) * 5_000));
  expect((await trial().get({ open: served.open })).sizeBytes).toBe(300_000);
  const again = new Served();
  again.ranges = false;
  again.cuts.push(...Array(30).fill(100_000));
  await expect(trial().get({ open: again.open })).rejects.toMatchObject({ code: "HWS_DOWNLOAD_CUT" });
  expect(again.offsets.length).toBe(6);
});

it("does not take a byte now and then for progress", async () => {
  const served = new Served();
  served.ending = "silence";
  served.cuts.push(...Array.from({ length: 30 }, (_, index) => index + 1));
  const { get } = trial({ stallMs: 20 });
  await expect(get({ open: served.open })).rejects.toMatchObject({ code: "HWS_DOWNLOAD_STALLED" });
  expect(served.offsets.length).toBe(5);
});

it("ends an opening that hangs before its first byte", async () => {
  const served = new Served();
  let opened = 0;
  const { get } = trial({ stallMs: 50 });
  const { sizeBytes } = await get({
    open: (offset) => (opened++ === 0 ? new Promise(() => {}) : served.open(offset)),
  });
  expect([opened, sizeBytes]).toEqual([2, 300_000]);
});

it("tries a protocol's own error again when it says that it may pass, and no other", async () => {
  const served = new Served();
  const errors: Error[] = [own.HWS_TRIAL_BUSY([]), own.HWS_TRIAL_BUSY([]), own.HWS_TRIAL_REFUSED([])];
  const open = async (offset: number) => {
    const error = errors.shift();
    if (error !== undefined) throw error;
    return await served.open(offset);
  };
  await expect(trial().get({ open })).rejects.toMatchObject({ code: "HWS_TRIAL_REFUSED" });
  expect(errors).toEqual([]);
  await expect(trial().get({ open: () => Promise.reject(new TypeError("a bug")) })).rejects.toThrow("a bug");
});

it("fails at once with a stream's own error that will not pass", async () => {
  let opened = 0;
  const open = async (offset: number) => {
    opened += 1;
    const stream = new Readable({ read() {} });
    stream.push("some");
    setImmediate(() => stream.destroy(own.HWS_TRIAL_REFUSED([])));
    return { stream, offset };
  };
  await expect(trial().get({ open })).rejects.toMatchObject({ code: "HWS_TRIAL_REFUSED" });
  expect(opened).toBe(1);
});

it("takes a file whose length nobody tells as whole when its stream ends", async () => {
  const served = new Served(someBytes(10));
  served.tells = false;
  const { get, reports } = trial();
  expect(await get({ open: served.open })).toMatchObject({ sizeBytes: 10, sha256: sha256(served.bytes) });
  expect(reports).toEqual([{ bytes: 10 }]);
});

it("brings an empty file", async () => {
  const got = await trial().get({ open: new Served(Buffer.alloc(0)).open });
  expect(await readFile(got.path)).toEqual(Buffer.alloc(0));
});
