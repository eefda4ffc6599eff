import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { HistoryEntry } from "@hawser/core";
import { type MinioServer, startMinio } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { built } from "./built.ts";
import { ending } from "./hawser-process.ts";
import { type SmallProject, smallProject } from "./small-project.ts";

const limitMs = 120_000;

let minio: MinioServer;
beforeAll(async () => {
  await built();
  minio = await startMinio();
});
afterAll(() => minio[Symbol.asyncDispose]());

/** Staging keeps its releases in a folder, production in a bucket of its own. */
const twoStorages = async (): Promise<{ project: SmallProject; config: string; bucket: string }> => {
  const project = await smallProject();
  onTestFinished(() => project[Symbol.asyncDispose]());
  const bucket = await minio.createBucket();
  const inventory = (name: string) => {
    const root = join(project.directory, name);
    mkdirSync(root);
    const instances = [{ id: name, address: "localhost", root }];
    return { use: "@hawser/inventory-static", with: { instances } };
  };
  const { accessKeyId, secretAccessKey } = minio.login;
  const storage = {
    use: "@hawser/storage-s3",
    with: { bucket, endpoint: minio.endpoint, accessKeyId, secretAccessKey },
  };
  const config = project.config("hawser", {
    environments: {
      staging: { inventory: inventory("staging1") },
      production: { inventory: inventory("production1"), storage },
    },
  });
  await project.git.commit({ files: { "index.html": "one\n" } });
  return { project, config, bucket };
};

/** What is stored of releases in the folder, by key. */
const folderObjects = (folder: string): Map<string, string> =>
  new Map(
    ["releases", "manifests", "artifacts"].flatMap((kind) => {
      const entries = readdirSync(join(folder, "shop", kind), { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return files.map(({ parentPath, name }): [string, string] => {
        const file = join(parentPath, name);
        return [relative(folder, file), readFileSync(file).toString("base64")];
      });
    }),
  );

/** The same keys in the bucket. */
const bucketObjects = async (bucket: string, keys: readonly string[]): Promise<Map<string, string>> =>
  new Map(
    await Promise.all(
      keys.map(async (key): Promise<[string, string]> => {
        const { body } = await minio.call({ method: "GET", bucket, key });
        return [key, body.toString("base64")];
      }),
    ),
  );

describe("promotion between a folder and a bucket", { timeout: limitMs }, () => {
  it("ships the very bytes, keeps them by a pin, stops at a hold and goes by a plan", async () => {
    const { project, config, bucket } = await twoStorages();
    const hawser = async (...argv: string[]) => await project.hawser(...argv, "-c", config);
    const staged = await hawser("deploy", "-e", "staging");
    expect(ending(staged)).toMatch(/^0 done/);

    const held = await hawser("hold", "-e", "production", "--reason", "the sale", "--until", "2h");
    expect(held.result).toMatchObject({ ok: true, hold: { why: "the sale" } });
    const promote = ["deploy", "-e", "production", "--from", "staging", "--message", "tested well"];
    expect(ending(await hawser(...promote))).toMatch(/^75 untouched HWS_HOLD_HELD/);
    expect((await hawser("unhold", "-e", "production")).exitCode).toBe(0);

    const planned = await hawser("plan", "-e", "production", "--from", "staging", "--out", "plan.json");
    expect(ending(planned)).toMatch(/^0 done/);
    const plan = ["deploy", "-e", "production", "--plan", "plan.json", "--message", "tested well"];
    const shipped = await hawser(...plan);
    expect(ending(shipped)).toMatch(/^0 done/);
    expect(shipped.result?.artifact).toBe(staged.result?.artifact);
    const file = join(project.directory, "production1/current/index.html");
    expect(readFileSync(file, "utf8")).toBe("one\n");
    expect(ending(await hawser(...plan))).toMatch(/^2 untouched HWS_PLAN_STALE/);

    const folder = folderObjects(project.storage);
    expect(folder.size).toBeGreaterThanOrEqual(4);
    expect(await bucketObjects(bucket, [...folder.keys()])).toEqual(folder);

    const pinned = await hawser("pin", "000001", "-e", "production", "--reason", "the first one");
    expect(pinned.result).toMatchObject({
      outcome: "done",
      pin: { release: "000001", why: "the first one" },
    });
    const listed = await hawser("releases", "-e", "production");
    expect(listed.result).toMatchObject({ releases: [{ id: "000001", pinned: { why: "the first one" } }] });
    const { result } = await hawser("history", "-e", "production");
    const history = (result as unknown as { history: readonly HistoryEntry[] }).history;
    expect(history.map(({ verb, message, origin }) => [verb, message, origin])).toEqual([
      ["pin", "the first one", undefined],
      ["deploy", "tested well", "staging"],
      ["promote", "tested well", "staging"],
      ["unhold", undefined, undefined],
      ["hold", "the sale", undefined],
    ]);
  });
});
