import type { Storage } from "@hawser/core/plugin";
import { emptyPlan } from "@hawser/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import { Desired } from "../../src/state/desired.ts";
import { Doomed } from "../../src/state/doomed.ts";
import { Journal } from "../../src/state/journal.ts";
import { SweepLock } from "../../src/state/lock.ts";
import { Marks } from "../../src/state/marks.ts";
import { Once } from "../../src/state/once.ts";
import { Releases } from "../../src/state/releases.ts";
import { RunEvents } from "../../src/state/run-events.ts";
import { sweep } from "../../src/state/sweep.ts";
import { code, operation, replaced, storages } from "./storages.ts";

const context = operation();
const now = Math.floor(Date.now() / 1000);

describe.each(storages)("a prune of %s", (_name, create) => {
  let storage: Storage;
  let releases: Releases;
  let marks: Marks;
  const due = { keep: 2, graceMs: 0 };

  beforeEach(async () => {
    storage = await create();
    releases = new Releases(storage, "shop");
    marks = new Marks(storage, "shop", "production");
  });

  /** A release with a manifest of its own, long ago unless told. */
  async function release(created = 1_700_000_000): Promise<{ id: string; manifest: string }> {
    const {
      record: { id, manifest },
    } = await releases.allocate(
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
        created,
      }),
      context,
    );
    for (const key of [`manifests/${manifest.slice(7)}`, `artifacts/${id.padStart(64, "a")}/bytes/x`]) {
      await storage.put({ key: `shop/${key}`, body: Buffer.from("x"), sizeBytes: 1 }, context);
    }
    return { id, manifest };
  }

  async function good(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await marks.set((await release()).id, { good: 1 }, context);
  }

  async function held(): Promise<string[]> {
    return (await releases.list(context)).map(({ id }) => id);
  }

  async function contents(): Promise<number> {
    let count = 0;
    for await (const { key } of storage.list({ prefix: "shop/" }, context)) {
      if (/^shop\/(manifests|artifacts)\//.test(key)) count += 1;
    }
    return count;
  }

  it("keeps the newest good releases with all they are made of, and removes the rest", async () => {
    await good(5);
    expect(await contents()).toBe(10);
    const looked = await sweep(storage, "shop", { ...due, dryRun: true }, context);
    expect(await held()).toHaveLength(5);
    const swept = await sweep(storage, "shop", due, context);
    expect(swept).toEqual(looked);
    expect(await held()).toEqual(["000004", "000005"]);
    expect(await contents()).toBe(4);
    expect([...(await marks.list(context)).keys()]).toEqual(["000004", "000005"]);
    expect(await sweep(storage, "shop", due, context)).toEqual({ removed: 0, marked: 0 });
  });

  it("takes a sealed manifest for what its plain text is", async () => {
    const ids: string[] = [];
    for (let number = 0; number < 4; number++) {
      const { id, manifest } = await release();
      const key = `shop/manifests/${manifest.slice(7)}`;
      await storage.delete({ key }, context);
      await storage.put({ key: `${key}.age`, body: Buffer.from("x"), sizeBytes: 1 }, context);
      await marks.set(id, { good: 1 }, context);
      ids.push(id);
    }
    await sweep(storage, "shop", due, context);
    const kept: string[] = [];
    for await (const { key } of storage.list({ prefix: "shop/manifests/" }, context)) kept.push(key);
    expect(kept).toEqual(ids.slice(2).map((id) => `shop/manifests/${id.padStart(64, "b")}.age`));
  });

  it("only marks what has not been garbage for the grace", async () => {
    await good(4);
    const first = await sweep(storage, "shop", { keep: 2, graceMs: 60_000 }, context);
    expect(first.removed).toBe(0);
    expect(first.marked).toBeGreaterThan(0);
    expect(await held()).toHaveLength(4);
    const second = await sweep(storage, "shop", due, context);
    expect(second).toEqual({ removed: first.marked, marked: 0 });
  });

  it("never removes the newest release: ids are counted from it", async () => {
    await good(2);
    const failed = await release();
    await sweep(storage, "shop", due, context);
    expect(await held()).toEqual(["000001", "000002", failed.id]);
  });

  it("keeps what any environment desires and came from, and its plan", async () => {
    await good(4);
    const digest = await releases.putPlan(emptyPlan, context);
    const unused = await releases.putPlan({ ...emptyPlan, user: "x" }, context);
    await new Desired(storage, "shop", "staging").move(
      {
        to: {
          epoch: 1,
          release: "000001",
          manifest: `sha256-${"000001".padStart(64, "b")}`,
          plan: digest,
          previous: "000002",
          run: "000001",
          updated: 1,
        },
        expectVersion: 0,
        epoch: 1,
      },
      context,
    );
    await sweep(storage, "shop", { keep: 1, graceMs: 0 }, context);
    expect(await held()).toEqual(["000001", "000002", "000004"]);
    expect(await releases.getPlan(digest, context)).toEqual(emptyPlan);
    await expect(releases.getPlan(unused, context)).rejects.toEqual(code("HWS_STATE_PLAN_MISSING"));
  });

  it("keeps what an open run names anywhere in its journal, and frees it when the run has ended", async () => {
    await good(5);
    const start = { run: "000009", epoch: 9, verb: "deploy", who: "anna", from: null, facts: {} };
    const journal = await Journal.start(storage, "shop", "", start, context);
    const facts = { target: { id: "000001" }, relies: [`sha256-${"000002".padStart(64, "b")}`] };
    await journal.append({ step: "store", phase: "intent", facts }, context);
    await sweep(storage, "shop", due, context);
    expect(await held()).toEqual(["000001", "000004", "000005"]);
    expect(
      await storage.stat({ key: `shop/manifests/${"000002".padStart(64, "b")}` }, context),
    ).toBeDefined();
    await journal.end({ outcome: "putBack", exitCode: 1, to: null, instances: [] }, context);
    await sweep(storage, "shop", due, context);
    expect(await held()).toEqual(["000004", "000005"]);
  });

  it("keeps pinned releases, those that instances hold, and young ones", async () => {
    await good(5);
    await storage.put({ key: "shop/pins/000001", body: Buffer.from("x"), sizeBytes: 1 }, context);
    const young = await release(now);
    await release();
    const request = { keep: 1, graceMs: 60_000, alsoKeep: ["000002"] };
    const { marked } = await sweep(storage, "shop", request, context);
    expect(marked).toBeGreaterThan(0);
    const doomed = [...(await new Doomed(storage, "shop").read(context)).marked.keys()].join();
    for (const id of ["000001", "000002", young.id, "000007"])
      expect(doomed).not.toContain(`releases/${id}/`);
    expect(doomed).toContain("releases/000003/");
  });

  it("removes run records with what the runs told beyond those kept, never an open one", async () => {
    for (let epoch = 1; epoch <= 5; epoch++) {
      const run = `00000${epoch}`;
      const start = { run, epoch, verb: "deploy", who: "anna", from: null, facts: {} };
      const journal = await Journal.start(storage, "shop", "production", start, context);
      const events = new RunEvents(storage, { application: "shop", environment: "production", run }, epoch);
      events.add({ type: "run", time: 1, run, resumed: false, from: null });
      await events.close();
      if (epoch !== 2) await journal.end({ outcome: "done", exitCode: 0, to: null, instances: [] }, context);
    }
    await sweep(storage, "shop", { ...due, keepRuns: 2 }, context);
    const runs = new Set<string | undefined>();
    for await (const { key } of storage.list({ prefix: "shop/environments/production/runs/" }, context)) {
      runs.add(key.split("/")[4]);
    }
    expect([...runs]).toEqual(["000002", "000004", "000005"]);
  });

  it("forgets builds and run-once records with their release", async () => {
    await good(3);
    await releases.remember("c".repeat(64), "000001", context);
    await releases.remember("d".repeat(64), "000003", context);
    await new Once(storage, "shop", "production").start(
      "000001",
      "m",
      { run: "000001", instance: "a" },
      context,
    );
    await sweep(storage, "shop", due, context);
    expect(await releases.recall("c".repeat(64), context)).toBeUndefined();
    expect(await releases.recall("d".repeat(64), context)).toBe("000003");
    expect(await new Once(storage, "shop", "production").read("000001", "m", context)).toBeUndefined();
  });

  it("keeps run-once records that may stand between the present and an earlier release", async () => {
    await good(1);
    const failed = await release();
    await good(1);
    const once = new Once(storage, "shop", "production");
    await once.start(failed.id, "m", { run: "000002", instance: "a", compatible: false }, context);
    await sweep(storage, "shop", due, context);
    expect(await held()).toEqual(["000001", "000003"]);
    expect(await once.read(failed.id, "m", context)).toMatchObject({ compatible: false });
    await good(2);
    await sweep(storage, "shop", due, context);
    expect(await once.read(failed.id, "m", context)).toBeUndefined();
  });

  it("does not delete what a run asked for after it was marked", async () => {
    await good(3);
    const bytes = Buffer.from("a manifest that is used again");
    const digest = await releases.putManifest(bytes, context);
    await sweep(storage, "shop", { keep: 2, graceMs: 60_000 }, context);
    await releases.putManifest(bytes, context);
    const { marked } = await new Doomed(storage, "shop").read(context);
    expect([...marked.keys()].some((key) => key.includes(digest.slice(7)))).toBe(false);
  });

  it("a rescue between looking and deleting makes the prune look again", async () => {
    await good(3);
    const bytes = Buffer.from("a manifest that is used again");
    const digest = await releases.putManifest(bytes, context);
    await sweep(storage, "shop", { keep: 2, graceMs: 60_000 }, context);
    const start = { run: "000009", epoch: 9, verb: "deploy", who: "anna", from: null, facts: { digest } };
    let rescued = false;
    const racing = replaced(storage, {
      put: async (request, inner) => {
        if (request.key === "shop/sweep/marks" && !rescued) {
          rescued = true;
          await Journal.start(storage, "shop", "", start, context);
          await releases.putManifest(bytes, context);
        }
        return storage.put(request, inner);
      },
    });
    await sweep(racing, "shop", due, context);
    expect(rescued).toBe(true);
    expect((await releases.getManifest(digest, context)).equals(bytes)).toBe(true);
    expect(await held()).toEqual(["000002", "000003"]);
  });

  it("what a prune is deleting cannot be relied on until it is gone", async () => {
    const bytes = Buffer.from("going");
    const digest = await releases.putManifest(bytes, context);
    const doomed = new Doomed(storage, "shop");
    const key = `shop/manifests/${digest.slice(7)}`;
    await doomed.write({ marked: new Map(), sweeping: [key], etag: null }, context);
    const again = releases.putManifest(bytes, context);
    await storage.delete({ key }, context);
    const { etag } = await doomed.read(context);
    await doomed.write({ marked: new Map(), sweeping: [], etag }, context);
    expect(await again).toBe(digest);
    expect((await releases.getManifest(digest, context)).equals(bytes)).toBe(true);
  });

  it("finishes what a prune that died was deleting", async () => {
    await good(3);
    const failing = replaced(storage, { delete: () => Promise.reject(new Error("no route")) });
    await expect(sweep(failing, "shop", due, context)).rejects.toThrow("no route");
    expect((await new Doomed(storage, "shop").read(context)).sweeping.length).toBeGreaterThan(0);
    await sweep(storage, "shop", { keep: 2, graceMs: 60_000 }, context);
    expect(await held()).toEqual(["000002", "000003"]);
    expect((await new Doomed(storage, "shop").read(context)).sweeping).toEqual([]);
  });

  it("only one works at a time", async () => {
    await good(3);
    const other = await new SweepLock(storage, "shop", { ttlMs: 60_000 }).acquire(
      { verb: "prune", waitMs: 0 },
      context,
    );
    await expect(sweep(storage, "shop", due, context)).rejects.toEqual(code("HWS_LOCK_BUSY"));
    expect(await held()).toHaveLength(3);
    await other.release(context);
  });

  it("deletes nothing when something it must judge by cannot be read", async () => {
    await good(3);
    const body = Buffer.from("nonsense");
    await storage.put({ key: "shop/releases/000002/record", body, sizeBytes: 8 }, context);
    await expect(sweep(storage, "shop", due, context)).rejects.toThrow();
    await storage.delete({ key: "shop/releases/000002/record" }, context);
    expect(await held()).toEqual(["000001", "000003"]);
  });
});
