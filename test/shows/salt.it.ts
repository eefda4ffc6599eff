import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createEngine, type Engine, type HawserConfig, type RunResult, use } from "@hawser/core";
import installerScript from "@hawser/installer-script";
import inventorySalt from "@hawser/inventory-salt";
import sourceDirectory from "@hawser/source-directory";
import storageMinio from "@hawser/storage-minio";
import { type MinioServer, type Salt, startMinio, startSalt } from "@hawser/testkit";
import transportSalt from "@hawser/transport-salt";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 600_000 });

/** Above what would go along in a request. */
const archiveBytes = 1 << 20;

let salt: Salt;
let minio: MinioServer;
let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "salt-show-"));
  [salt, minio] = await Promise.all([startSalt({ tls: true }), startMinio()]);
  await mkdir(join(folder, "shop"));
  await writeFile(join(folder, "shop/stays.bin"), randomBytes(archiveBytes));
  await release("one");
  engine = await createEngine(await config(), {
    baseDirectory: folder,
    cacheDirectory: join(folder, "cache"),
  });
}, 300_000);
afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await salt?.[Symbol.asyncDispose]();
  await minio?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const release = (name: string): Promise<void> => writeFile(join(folder, "shop/release.txt"), name);

const config = async (): Promise<HawserConfig> => {
  const access = {
    url: salt.url,
    username: "deploy",
    password: salt.password,
    eauth: salt.eauth,
    ...(salt.authority !== undefined && { ca: salt.authority }),
  };
  return {
    app: "shop",
    root: salt.root,
    source: use(sourceDirectory, { path: join(folder, "shop") } as never),
    storage: use(storageMinio, {
      endpoint: minio.endpoint,
      bucket: await minio.createBucket(),
      accessKey: minio.login.accessKeyId,
      secretKey: minio.login.secretAccessKey,
    } as never),
    transport: use(transportSalt, { ...access, silenceMs: 20_000 } as never),
    inventory: use(inventorySalt, { ...access, target: { roles: "web" } } as never),
    installer: use(installerScript, {
      install: ["cp release.txt installed.txt"],
      check: { command: "test -s installed.txt", timeoutMs: 20_000 },
    } as never),
  };
};

/** The jobs of the master's cache that ran the host program, by the number of minions that each was published for. */
const jobs = async (): Promise<readonly number[]> => {
  const listed = (await salt.call({ client: "runner", fun: "jobs.list_jobs" })) as Record<
    string,
    { Function: string; Target: readonly string[] }
  >;
  return Object.values(listed)
    .filter((job) => job.Function === "cmd.run_all")
    .map((job) => job.Target.length);
};

const serves = async (): Promise<readonly string[]> =>
  await Promise.all(
    salt.minions.map(async (minion) => basename(await readlink(join(minion.folder, "current")))),
  );

const vias = ({ instances }: RunResult): readonly (string | undefined)[] => instances.map(({ via }) => via);

test("deploys over a Salt master: bytes come from storage, and a survey of all minions is one job", async () => {
  const result = await engine.deploy({}).result;
  expect(result).toMatchObject({ ok: true, outcome: "done" });
  expect(vias(result)).toEqual(["pull", "pull", "pull"]);
  expect(await serves()).toEqual([result.release, result.release, result.release]);
  // All at once: the survey, and once more with the program that nobody held yet.
  expect((await jobs()).filter((minions) => minions === 3).length).toBeGreaterThan(2);
});

test("deploys a change, and goes back", async () => {
  await release("two");
  const before = await serves();
  const second = await engine.deploy({}).result;
  expect(second).toMatchObject({ ok: true, outcome: "done" });
  expect(await serves()).toEqual([second.release, second.release, second.release]);
  const back = await engine.rollback({}).result;
  expect(back).toMatchObject({ ok: true, outcome: "done" });
  expect(await serves()).toEqual(before);
});

test("a minion that is silent is unreachable: nothing is changed", async () => {
  const before = await serves();
  await release("three");
  salt.minions[1]?.daemon.pause();
  const result = await engine.deploy({}).result;
  salt.minions[1]?.daemon.resume();
  expect(result).toMatchObject({ ok: false, outcome: "untouched" });
  const states = Object.fromEntries(result.instances.map(({ id, state }) => [id, state]));
  expect(states["web2"]).toBe("unreachable");
  expect(await serves()).toEqual(before);
});
