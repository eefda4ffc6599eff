import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Storage } from "@hawser/core/plugin";
import { beforeEach, describe, expect, it } from "vitest";
import { Deltas } from "../../src/state/deltas.ts";
import { Doomed } from "../../src/state/doomed.ts";
import { applicationKeys } from "../../src/state/keys.ts";
import { Releases } from "../../src/state/releases.ts";
import { sweep } from "../../src/state/sweep.ts";
import type { KnownBytes } from "../../src/state/upload.ts";
import { code, operation, storages } from "./storages.ts";

const context = operation();
const digest = (letter: string): string => `sha256-${letter.repeat(64)}`;
const place = { target: digest("c"), base: digest("a"), lender: digest("b") };
const keys = applicationKeys("shop");

const bytesOf = (text: string): KnownBytes => {
  const bytes = Buffer.from(text);
  return {
    sizeBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    open: () => Readable.from([bytes]),
  };
};

describe.each(storages)("deltas in %s", (_name, create) => {
  let storage: Storage;
  let deltas: Deltas;
  beforeEach(async () => {
    storage = await create();
    deltas = new Deltas(storage, "shop");
  });

  const listed = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of storage.list({ prefix: keys.deltas }, context)) found.push(key);
    return found;
  };

  it("are found by the releases between which they lie, and by nothing else", async () => {
    const stored = await deltas.put(place, bytesOf("delta"), context);
    expect(await deltas.find(place, context)).toEqual(stored);
    expect(await deltas.find({ target: place.target, base: place.base }, context)).toBeUndefined();
    expect(await deltas.find({ ...place, base: digest("d") }, context)).toBeUndefined();
  });

  it("are stored once: who comes later, with other bytes, gets what is there", async () => {
    const first = await deltas.put(place, bytesOf("delta"), context);
    expect(await deltas.put(place, bytesOf("the same, compressed otherwise"), context)).toEqual(first);
    expect((await listed()).length).toBe(2);
  });

  it("whose bytes are gone or cut are stored again", async () => {
    const { key } = await deltas.put(place, bytesOf("delta"), context);
    await storage.delete({ key }, context);
    expect(await deltas.find(place, context)).toBeUndefined();
    const again = await deltas.put(place, bytesOf("another"), context);
    expect(await deltas.find(place, context)).toEqual(again);
  });

  it("with a record of another delta are corrupt", async () => {
    await deltas.put({ ...place, base: digest("d") }, bytesOf("delta"), context);
    const other = keys.deltaRecord({ ...place, base: digest("d") });
    const { stream, sizeBytes } = await storage.get({ key: other }, context);
    await storage.put({ key: keys.deltaRecord(place), body: stream, sizeBytes }, context);
    await expect(deltas.find(place, context)).rejects.toEqual(code("HWS_STATE_CORRUPT"));
  });

  it("that a prune has marked are kept for who relies on them", async () => {
    const { key } = await deltas.put(place, bytesOf("delta"), context);
    const doomed = new Doomed(storage, "shop");
    const list = await doomed.read(context);
    await doomed.write({ ...list, marked: new Map([[key, 1]]) }, context);
    await deltas.find(place, context);
    expect((await doomed.read(context)).marked.size).toBe(0);
  });

  it("stay while every release between which they lie is needed, and go with the first that is not", async () => {
    const releases = new Releases(storage, "shop");
    const release = async () => {
      const { record } = await releases.allocate(
        (id) => ({
          id,
          application: "shop",
          revision: { id: "r", exact: true },
          artifact: `sha256-${id.padStart(64, "a")}`,
          artifactBytes: 1,
          manifest: `sha256-${id.padStart(64, "b")}`,
          manifestBytes: 1,
          entries: 1,
          filesBytes: 1,
          created: 1_700_000_000,
        }),
        context,
      );
      return { id: record.id, manifest: record.manifest };
    };
    const [old, base, lender, target] = [await release(), await release(), await release(), await release()];
    const between = (from: { base: string; lender?: string }) => ({ target: target.manifest, ...from });
    const needed = between({ base: base.manifest, lender: lender.manifest });
    await deltas.put(needed, bytesOf("needed"), context);
    await deltas.put(between({ base: old.manifest }), bytesOf("old base"), context);
    await deltas.put(between({ base: base.manifest, lender: old.manifest }), bytesOf("old lender"), context);
    await deltas.put({ target: old.manifest, base: base.manifest }, bytesOf("old target"), context);
    await sweep(storage, "shop", { keep: 1, graceMs: 0, alsoKeep: [base.id, lender.id] }, context);
    expect(await listed()).toEqual(
      [keys.deltaBytes(needed, bytesOf("needed").sha256), keys.deltaRecord(needed)].sort(),
    );
  });
});
