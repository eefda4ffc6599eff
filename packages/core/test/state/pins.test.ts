import type { Storage } from "@hawser/core/plugin";
import { beforeEach, describe, expect, it } from "vitest";
import { applicationKeys } from "../../src/state/keys.ts";
import { Pins } from "../../src/state/pins.ts";
import { Releases } from "../../src/state/releases.ts";
import { sweep } from "../../src/state/sweep.ts";
import { code, operation, replaced, storages } from "./storages.ts";

const context = operation();
const keys = applicationKeys("shop");

describe.each(storages)("a pin in %s", (_name, create) => {
  let storage: Storage;
  let releases: Releases;
  let pins: Pins;

  beforeEach(async () => {
    storage = await create();
    releases = new Releases(storage, "shop");
    pins = new Pins(storage, "shop");
  });

  const write = (key: string): Promise<unknown> =>
    storage.put({ key, body: Buffer.from("x"), sizeBytes: 1 }, context);

  /** A release of long ago with all it is made of, also in forms that this version does not know. */
  const release = async (): Promise<string> => {
    const { record } = await releases.allocate(
      (next) => ({
        id: next,
        application: "shop",
        revision: { id: "r", exact: true },
        artifact: `sha256-${next.padStart(64, "a")}`,
        artifactBytes: 1,
        manifest: `sha256-${next.padStart(64, "b")}`,
        manifestBytes: 1,
        entries: 1,
        filesBytes: 1,
        created: 1_700_000_000,
      }),
      context,
    );
    const { id, artifact, manifest } = record;
    const sealed = `${keys.artifact(artifact)}bytes/${"c".repeat(64)}`;
    for (const key of [keys.manifest(manifest), sealed, keys.form(artifact, "tar.zst.age")]) await write(key);
    return id;
  };

  const left = async (): Promise<string[]> => (await releases.list(context)).map(({ id }) => id);

  const contents = async (id: string): Promise<number> => {
    let count = 0;
    for await (const { key } of storage.list({ prefix: "shop/" }, context))
      if (/^shop\/(manifests|artifacts)\//.test(key) && key.includes(id)) count += 1;
    return count;
  };

  it("keeps a release with all it is made of through every prune, until it is taken off", async () => {
    const old = await release();
    await release();
    await release();
    expect((await pins.set(old, "the last one with the old tables", context)).made).toBe(true);
    await sweep(storage, "shop", { keep: 1, graceMs: 0 }, context);
    expect(await left()).toEqual([old, "000003"]);
    expect(await contents(old)).toBe(3);
    expect((await pins.list(context)).get(old)).toMatchObject({ why: "the last one with the old tables" });

    await pins.remove(old, context);
    await sweep(storage, "shop", { keep: 1, graceMs: 0 }, context);
    expect(await left()).toEqual(["000003"]);
    expect(await contents(old)).toBe(0);
  });

  it("stands when it is set while a prune is about to delete", async () => {
    const old = await release();
    await release();
    await sweep(storage, "shop", { keep: 1, graceMs: 1 }, context);
    let looked = false;
    const meeting = replaced(storage, {
      put: async (request, operationContext) => {
        if (request.key === keys.sweepMarks && !looked) {
          looked = true;
          await pins.set(old, undefined, context);
        }
        return await storage.put(request, operationContext);
      },
    });
    await sweep(meeting, "shop", { keep: 1, graceMs: 1 }, context);
    expect(looked).toBe(true);
    expect(await left()).toEqual([old, "000002"]);
    expect(await contents(old)).toBe(3);
  });

  it("is refused for what is not there, and leaves no pin", async () => {
    await release();
    for (const unknown of ["000009", "../x", ""])
      await expect(pins.set(unknown, undefined, context)).rejects.toEqual(code("HWS_RELEASE_UNKNOWN"));
    expect(await pins.ids(context)).toEqual([]);
  });

  it("stays as it was first set, and counts when it cannot be read", async () => {
    const id = await release();
    await release();
    await pins.set(id, "first", context);
    expect(await pins.set(id, "second", context)).toMatchObject({ made: false, pin: { why: "first" } });
    await write(keys.pin(id));
    await sweep(storage, "shop", { keep: 1, graceMs: 0 }, context);
    expect(await left()).toEqual([id, "000002"]);
  });
});
