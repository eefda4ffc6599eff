import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { OpenedPart } from "../../src/contracts/download.ts";
import { Served, sha256, someBytes, trial } from "./trial.ts";

it("refuses a length that the opening tells otherwise than the request", async () => {
  const served = new Served();
  const { get, names } = trial();
  await expect(get({ open: served.open, sizeBytes: 299_999 })).rejects.toMatchObject({
    code: "HWS_DOWNLOAD_LENGTH",
    message: expect.stringContaining("299999"),
  });
  expect(served.offsets).toEqual([0]);
  expect(names()).toEqual([]);
});

it("refuses more bytes than were told, at the first one too many", async () => {
  const served = new Served();
  served.tells = false;
  const { get, names, reports } = trial();
  await expect(get({ open: served.open, sizeBytes: 100 })).rejects.toMatchObject({
    code: "HWS_DOWNLOAD_LENGTH",
  });
  expect(reports).toEqual([]);
  expect(names()).toEqual([]);
});

it("refuses a file that stays shorter than was told", async () => {
  const served = new Served(someBytes(900));
  served.tells = false;
  const { get, names } = trial();
  await expect(get({ open: served.open, sizeBytes: 1000 })).rejects.toMatchObject({
    code: "HWS_DOWNLOAD_LENGTH",
    message: "the download has only 900 bytes instead of 1000",
    retryable: false,
  });
  expect(names()).toEqual([]);
});

it("refuses another digest and keeps nothing of it", async () => {
  const served = new Served();
  const { get, names } = trial();
  const wrong = sha256(Buffer.from("another"));
  await expect(get({ open: served.open, sha256: wrong })).rejects.toMatchObject({
    code: "HWS_DOWNLOAD_DIGEST",
    message: expect.stringContaining(sha256(served.bytes)),
  });
  expect(names()).toEqual([]);
});

it("takes the digest in capitals", async () => {
  const served = new Served();
  const { get } = trial();
  expect((await get({ open: served.open, sha256: sha256(served.bytes).toUpperCase() })).kept).toBe(false);
});

it("refuses a mixture: a file that has another length when it is opened again has moved", async () => {
  const served = new Served();
  served.cuts.push(100_000);
  const { get, names } = trial();
  const open = async (offset: number) => {
    if (offset > 0) served.bytes = someBytes(300_001);
    return await served.open(offset);
  };
  await expect(get({ open })).rejects.toMatchObject({ code: "HWS_DOWNLOAD_MOVED" });
  expect(names()).toEqual([]);
});

it("refuses a part that begins neither where it was asked for nor at the beginning", async () => {
  const served = new Served();
  const open = async () => ({ ...(await served.open(0)), offset: 7 });
  await expect(trial().get({ open })).rejects.toMatchObject({ code: "HWS_DOWNLOAD_OFFSET" });
});

it("ends an endless file at the limit", async () => {
  const served = new Served(someBytes(200_000));
  served.tells = false;
  const { get, names } = trial({ fileBytes: 100_000 });
  await expect(get({ open: served.open })).rejects.toMatchObject({ code: "HWS_DOWNLOAD_TOO_LARGE" });
  served.tells = true;
  await expect(get({ open: served.open })).rejects.toMatchObject({ code: "HWS_DOWNLOAD_TOO_LARGE" });
  expect(names()).toEqual([]);
});

it("says so when the cache cannot be written, and does not try that again", async () => {
  const { get, directory } = trial();
  writeFileSync(join(directory, "downloads"), "a file stands in the way");
  const served = new Served();
  await expect(get({ open: served.open })).rejects.toMatchObject({ code: "HWS_DOWNLOAD_UNWRITABLE" });
  expect(served.offsets).toEqual([]);
});

it.each(["in the stream", "while it is opened"])(
  "leaves nothing behind when it is aborted %s, and ends with the caller's reason",
  async (place) => {
    const controller = new AbortController();
    const served = new Served();
    served.cuts.push(150_000);
    served.ending = "silence";
    const { get, names, reports } = trial({ stallMs: 60_000 });
    let isOpening = false;
    const open = async (offset: number): Promise<OpenedPart> => {
      isOpening = true;
      return place === "in the stream" ? await served.open(offset) : await new Promise(() => {});
    };
    const running = get({ open }, controller.signal);
    const isUnderWay = () =>
      isOpening && (place === "while it is opened" || reports.at(-1)?.bytes === 150_000);
    await vi.waitUntil(isUnderWay, { timeout: 20_000 });
    expect(names().length).toBe(1);
    controller.abort(new Error("given up"));
    await expect(running).rejects.toThrow("given up");
    expect(names()).toEqual([]);
  },
);

it("does nothing for a caller that has already given up", async () => {
  const served = new Served();
  const { get } = trial();
  await expect(get({ open: served.open }, AbortSignal.abort(new Error("given up")))).rejects.toThrow(
    "given up",
  );
  expect(served.offsets).toEqual([]);
});
