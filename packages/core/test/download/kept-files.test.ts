import { utimesSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { Served, sha256, someBytes, trial } from "./trial.ts";

it("gives the kept bytes of an identity without opening it", async () => {
  const served = new Served();
  const { get } = trial();
  const first = await get({ open: served.open });
  expect(await get({ open: served.open })).toEqual({ ...first, kept: true });
  expect(served.offsets).toEqual([0]);
  const other = await get({ open: served.open, identity: "b" });
  expect(other).toEqual(first);
  expect(served.offsets).toEqual([0, 0]);
});

it("brings damaged bytes anew: changed, cut, or gone", async () => {
  const served = new Served();
  const { get } = trial();
  const { path } = await get({ open: served.open });
  const changed = Buffer.from(served.bytes);
  changed[5] = (changed[5] ?? 0) ^ 1;
  for (const damaged of [changed, served.bytes.subarray(1)]) {
    writeFileSync(path, damaged);
    expect((await get({ open: served.open })).kept).toBe(false);
    expect((await readFile(path)).equals(served.bytes)).toBe(true);
  }
  expect(served.offsets.length).toBe(3);
});

it("does not give kept bytes of another digest or length than is asked for", async () => {
  const served = new Served();
  const { get } = trial();
  await get({ open: served.open });
  await expect(get({ open: served.open, sha256: sha256(Buffer.from("another")) })).rejects.toMatchObject({
    code: "HWS_DOWNLOAD_DIGEST",
  });
  await expect(get({ open: served.open, sizeBytes: 5 })).rejects.toMatchObject({
    code: "HWS_DOWNLOAD_LENGTH",
  });
});

it("moves the bytes of one identity once when it is asked for twice at once", async () => {
  const served = new Served();
  const { get, names } = trial();
  const [one, two] = await Promise.all([get({ open: served.open }), get({ open: served.open })]);
  expect([one.kept, two.kept]).toEqual([false, true]);
  expect(served.offsets).toEqual([0]);
  expect(names().length).toBe(2);
});

it("lets the second of two downloads bring the bytes when the first fails or gives up", async () => {
  const served = new Served();
  served.cuts.push(100_000);
  served.ending = "silence";
  const { get } = trial({ stallMs: 60_000 });
  const controller = new AbortController();
  const first = get({ open: served.open }, controller.signal);
  // Asked at the same moment, either of the two may be the first.
  await vi.waitFor(() => expect(served.offsets).toEqual([0]));
  const second = get({ open: served.open });
  const waiting = new AbortController();
  const third = get({ open: served.open }, waiting.signal);
  waiting.abort(new Error("not waiting"));
  await expect(third).rejects.toThrow("not waiting");
  controller.abort(new Error("given up"));
  await expect(first).rejects.toThrow("given up");
  expect((await readFile((await second).path)).equals(served.bytes)).toBe(true);
});

it("keeps the three newest files, and those it gave until it is disposed", async () => {
  const { get, downloads, names, directory } = trial();
  const given: string[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const { path } = await get({ open: new Served(someBytes(100 + turn)).open, identity: `id ${turn}` });
    given.push(path);
    const index = join(directory, "downloads", `${sha256(Buffer.from(`id ${turn}`))}.json`);
    utimesSync(index, 1_000 + turn, 1_000 + turn);
  }
  for (const path of given) expect((await readFile(path)).length).toBeGreaterThan(0);
  const other = trial({}, directory);
  await other.get({ open: new Served().open, identity: "id 0" });
  await downloads[Symbol.asyncDispose]();
  const left = new Set(names());
  // The other one holds id 0, the newest by its use.
  expect(given.map((path) => left.has(path.split("/").at(-1) ?? ""))).toEqual([
    true,
    false,
    false,
    false,
    true,
    true,
  ]);
  expect(left.size).toBe(6);
});

it("clears away what a killed process left, and not what another one writes now", async () => {
  const { get, directory } = trial();
  await get({ open: new Served().open });
  const [old, fresh] = ["old", "fresh"].map((name) => join(directory, "downloads", `x.part-${name}`));
  for (const path of [old, fresh]) writeFileSync(path ?? "", "");
  utimesSync(old ?? "", 1_000, 1_000);
  await get({ open: new Served().open, identity: "b" });
  const names = await readdir(join(directory, "downloads"));
  expect(names.filter((name) => name.includes("part"))).toEqual(["x.part-fresh"]);
});
