import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { InstallPlan, Storage } from "@hawser/core/plugin";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { ReleaseRecord } from "../../src/artifact/release-record.ts";
import { Releases } from "../../src/state/releases.ts";
import { code, losingAnswers, operation, replaced, storages } from "./storages.ts";

const context = operation();
const digest = (letter: string) => `sha256-${letter.repeat(64)}`;
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const record = (id: string, overrides: Partial<ReleaseRecord> = {}): ReleaseRecord => ({
  id,
  application: "shop",
  revision: { id: "5d1f", exact: true },
  artifact: digest("a"),
  artifactBytes: 10_240,
  manifest: digest("b"),
  manifestBytes: 100,
  entries: 2,
  filesBytes: 8_000,
  created: 1_764_000_000,
  ...overrides,
});

const plan: InstallPlan = {
  prepare: [{ name: "build", run: "make\nall", timeoutMs: 600_000 }],
  install: [
    { name: "warm", run: "bin/warm", timeoutMs: 1, roles: ["web"], env: { A: "b" }, cwd: "app", user: "www" },
  ],
  leave: [],
  activate: [],
  rollback: [],
  once: { before: [{ name: "migrate", run: "bin/migrate", timeoutMs: 5, compatible: false }], after: [] },
  maintenance: { on: [], off: [] },
  shared: ["var/log/"],
  writable: ["var"],
  generated: ["cache"],
  ownership: [],
  check: {
    http: "http://127.0.0.1/",
    headers: { Host: "shop" },
    status: 200,
    timeoutMs: 60_000,
    stableMs: 0,
  },
  env: { APP_ENV: "prod", __proto__x: "1" },
  secrets: ["DATABASE_URL"],
  user: "deploy",
};

async function storedFile(bytes: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "hawser-artifact-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "artifact"), bytes);
  return join(folder, "artifact");
}

async function form(bytes: Buffer, overrides: { sha256?: string; sizeBytes?: number } = {}) {
  const path = await storedFile(bytes);
  return {
    digest: digest("a"),
    form: "tar.gz" as const,
    path,
    sizeBytes: bytes.length,
    sha256: sha256(bytes),
    ...overrides,
  };
}

describe.each(storages)("releases on %s", (_name, create) => {
  let storage: Storage;
  let releases: Releases;

  beforeEach(async () => {
    storage = await create();
    releases = new Releases(storage, "shop");
  });

  it("ids rise from 000001, and records read back byte for byte", async () => {
    expect((await releases.allocate((id) => record(id), context)).record.id).toBe("000001");
    const { record: second } = await releases.allocate(
      (id) => record(id, { message: "why\nand how" }),
      context,
    );
    expect(second.id).toBe("000002");
    const found = await releases.get("000002", context);
    expect(found?.record).toEqual(second);
    expect(found?.bytes.toString()).toContain("release: 000002\n");
    expect((await releases.list(context)).map(({ id }) => id)).toEqual(["000001", "000002"]);
    expect(await releases.get("000003", context)).toBeUndefined();
    expect(await releases.get("../lock", context)).toBeUndefined();
  });

  it("no id is given that an instance holds of a storage that was lost", async () => {
    const { record: first } = await releases.allocate((id) => record(id), context, ["000007", "000012"]);
    expect(first.id).toBe("000013");
    const { record: second } = await releases.allocate((id) => record(id), context, ["000007", "000012"]);
    expect(second.id).toBe("000014");
  });

  it("40 concurrent deployers get 40 different ids", async () => {
    const made = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        new Releases(storage, "shop").allocate((id) => record(id, { message: `deployer ${i}` }), context),
      ),
    );
    expect(new Set(made.map((stored) => stored.record.id)).size).toBe(40);
    expect(await releases.list(context)).toHaveLength(40);
  });

  it("a listing that hides the newest releases costs tries, never an id given out twice", async () => {
    for (let i = 0; i < 3; i++) await releases.allocate((id) => record(id), context);
    const blind = replaced(storage, {
      async *list(request, inner) {
        for await (const object of storage.list(request, inner))
          if (!/00000[23]/.test(object.key)) yield object;
      },
    });
    expect(
      (await new Releases(blind, "shop").allocate((id) => record(id, { message: "another" }), context)).record
        .id,
    ).toBe("000004");
  });

  it("an allocation whose answer was lost counts once", async () => {
    const cut = new Releases(losingAnswers(storage, 1), "shop");
    expect((await cut.allocate((id) => record(id), context)).record.id).toBe("000001");
    expect(await releases.list(context)).toHaveLength(1);
  });

  it("refuses a record that stands under another release's key", async () => {
    await releases.allocate((id) => record(id), context);
    const { stream } = await storage.get({ key: "shop/releases/000001/record" }, context);
    const body = await buffer(stream);
    await storage.put({ key: "shop/releases/000009/record", body, sizeBytes: body.length }, context);
    await expect(releases.get("000009", context)).rejects.toEqual(code("HWS_STATE_CORRUPT"));
  });

  it("remembers what was made from the same inputs, while it is there", async () => {
    const key = "c".repeat(64);
    expect(await releases.recall(key, context)).toBeUndefined();
    await releases.allocate((id) => record(id), context);
    await releases.remember(key, "000001", context);
    expect(await releases.recall(key, context)).toBe("000001");
    await storage.delete({ key: "shop/releases/000001/record" }, context);
    expect(await releases.recall(key, context)).toBeUndefined();
  });

  it("manifests are stored once under their digest and checked when read", async () => {
    const bytes = randomBytes(200_000);
    const name = await releases.putManifest(bytes, context);
    expect(name).toBe(`sha256-${sha256(bytes)}`);
    expect(await releases.putManifest(bytes, context)).toBe(name);
    expect((await releases.getManifest(name, context)).equals(bytes)).toBe(true);
    await expect(releases.getManifest(digest("f"), context)).rejects.toEqual(
      code("HWS_STATE_MANIFEST_MISSING"),
    );
  });

  it("a flipped bit of a manifest is found", async () => {
    const bytes = randomBytes(1_000);
    const name = await releases.putManifest(bytes, context);
    bytes[500] = (bytes[500] as number) ^ 1;
    await storage.put({ key: `shop/manifests/${name.slice(7)}`, body: bytes, sizeBytes: 1_000 }, context);
    await expect(releases.getManifest(name, context)).rejects.toEqual(code("HWS_STATE_ARTIFACT_DIFFERS"));
  });

  it("an artifact reads back with its form, length and digest", async () => {
    const bytes = randomBytes(900_000);
    expect(await releases.hasArtifact(digest("a"), context)).toBe(false);
    await releases.putArtifact(await form(bytes), context);
    expect(await releases.hasArtifact(digest("a"), context)).toBe(true);
    const { stream, form: plain, stored } = await releases.getArtifact(digest("a"), context);
    expect((await buffer(stream)).equals(bytes)).toBe(true);
    expect(plain).toBe("tar.gz");
    expect(stored).toEqual({ form: "tar.gz", sizeBytes: 900_000, sha256: sha256(bytes) });
  });

  it("an artifact that is there is not uploaded again", async () => {
    const bytes = randomBytes(50_000);
    await releases.putArtifact(await form(bytes), context);
    const puts: string[] = [];
    const watched = replaced(storage, {
      put: (request, inner) => {
        puts.push(request.key);
        return storage.put(request, inner);
      },
    });
    await new Releases(watched, "shop").putArtifact(await form(bytes), context);
    expect(puts).toEqual([]);
  });

  it("two deployers that compress differently leave one artifact that is whole", async () => {
    const [one, other] = [randomBytes(30_000), randomBytes(31_000)];
    await Promise.all([
      releases.putArtifact(await form(one), context),
      new Releases(storage, "shop").putArtifact(await form(other), context),
    ]);
    const { stream, stored } = await releases.getArtifact(digest("a"), context);
    expect(sha256(await buffer(stream))).toBe(stored.sha256);
  });

  it.each([
    ["another digest", { sha256: "0".repeat(64) }],
    ["another length", { sizeBytes: 29_999 }],
  ])("a file of %s than promised is not stored", async (_what, overrides) => {
    const artifact = await form(randomBytes(30_000), overrides);
    await expect(releases.putArtifact(artifact, context)).rejects.toThrow();
    expect(await releases.hasArtifact(digest("a"), context)).toBe(false);
    const keys: string[] = [];
    for await (const { key } of storage.list({ prefix: "shop/artifacts/" }, context)) keys.push(key);
    expect(keys).toEqual([]);
  });

  it("damaged bytes fail the stream before its end", async () => {
    const bytes = randomBytes(500_000);
    await releases.putArtifact(await form(bytes), context);
    const key = `shop/artifacts/${"a".repeat(64)}/bytes/${sha256(bytes)}`;
    bytes[0] = (bytes[0] as number) ^ 1;
    await storage.put({ key, body: bytes, sizeBytes: bytes.length }, context);
    const { stream } = await releases.getArtifact(digest("a"), context);
    await expect(buffer(stream)).rejects.toEqual(code("HWS_STATE_ARTIFACT_DIFFERS"));
  });

  it("a missing artifact is HWS_STATE_ARTIFACT_MISSING, and one whose bytes were lost is mended by the next put", async () => {
    await expect(releases.getArtifact(digest("a"), context)).rejects.toEqual(
      code("HWS_STATE_ARTIFACT_MISSING"),
    );
    const bytes = randomBytes(10_000);
    await releases.putArtifact(await form(bytes), context);
    await storage.delete({ key: `shop/artifacts/${"a".repeat(64)}/bytes/${sha256(bytes)}` }, context);
    expect(await releases.hasArtifact(digest("a"), context)).toBe(false);
    await expect(releases.getArtifact(digest("a"), context)).rejects.toEqual(
      code("HWS_STATE_ARTIFACT_MISSING"),
    );
    const other = randomBytes(11_000);
    await releases.putArtifact(await form(other), context);
    expect((await releases.getArtifact(digest("a"), context)).stored.sha256).toBe(sha256(other));
  });

  it("an upload that was cut is tried again with a new stream", async () => {
    let cuts = 2;
    const cutting = replaced(storage, {
      put: async (request, inner) => {
        if (request.key.includes("/bytes/") && cuts-- > 0) {
          (request.body as NodeJS.ReadableStream).resume();
          throw Object.assign(new Error("cut"), {
            "~hawser": "error",
            code: "HWS_STORAGE_IO",
            retryable: true,
          });
        }
        return storage.put(request, inner);
      },
    });
    await new Releases(cutting, "shop").putArtifact(await form(randomBytes(100_000)), context);
    expect(await releases.hasArtifact(digest("a"), context)).toBe(true);
  });

  it("equal plans have one digest whatever the order of their keys, and read back equal", async () => {
    const name = await releases.putPlan(plan, context);
    const reversed = Object.fromEntries(Object.entries(plan).reverse()) as unknown as InstallPlan;
    expect(await releases.putPlan(reversed, context)).toBe(name);
    expect(await releases.getPlan(name, context)).toEqual(plan);
    expect(await releases.putPlan({ ...plan, user: "other" }, context)).not.toBe(name);
    await expect(releases.getPlan(digest("f"), context)).rejects.toEqual(code("HWS_STATE_PLAN_MISSING"));
  });
});
