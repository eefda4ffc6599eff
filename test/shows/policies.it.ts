import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { HawserError, Secret, type Storage } from "@hawser/core/plugin";
import storageMinio from "@hawser/storage-minio";
import { type MinioServer, operationContext, pluginContext, type S3Login, startMinio } from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ending } from "./hawser-process.ts";
import { repository } from "./place.ts";
import { smallProject } from "./small-project.ts";

let server: MinioServer;
let bucket: string;
beforeAll(async () => {
  server = await startMinio();
  bucket = await server.createBucket();
  for (const key of others) await server.put(bucket, `releases/${key}`, "somebody else's");
  await server.put(bucket, "outside", "somebody else's");
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** What lies beside the application: another one, and one whose name begins like it. */
const others = ["blog/environments/production/desired", "shop2/releases/1/record"];

const statementsOf = (role: string): readonly object[] => {
  const text = readFileSync(join(repository, "docs/policies", `${role}.json`), "utf8")
    .replaceAll("BUCKET", bucket)
    .replaceAll("PREFIX", "releases")
    .replaceAll("APPLICATION", "shop")
    .replaceAll("ENVIRONMENT", "production");
  return (JSON.parse(text) as { readonly Statement: readonly object[] }).Statement;
};

const userOf = (role: string): Promise<S3Login> => server.createUser(statementsOf(role));

const optionsFor = ({ accessKeyId, secretAccessKey }: S3Login) => ({
  endpoint: server.endpoint,
  bucket,
  prefix: "releases",
  accessKey: accessKeyId,
  secretKey: secretAccessKey,
});

const openAs = async (login: S3Login): Promise<Storage> =>
  await storageMinio.create(
    { ...optionsFor(login), secretKey: new Secret(login.secretAccessKey) },
    pluginContext(),
  );

const context = operationContext();

/** The code with which a call is refused; undefined when it is not. */
const refusal = async (call: () => Promise<unknown>): Promise<string | undefined> =>
  await call().then(
    () => undefined,
    (error: unknown) => (HawserError.is(error) ? error.code : String(error)),
  );

const keysOf = async (storage: Storage, prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of storage.list({ prefix }, context)) keys.push(key);
  return keys;
};

const put = (storage: Storage, key: string) =>
  storage.put({ key, body: Buffer.from("x"), sizeBytes: 1 }, context);

const denied = "HWS_S3_DENIED";

test("the deployer's policy carries deploys, a rollback and a prune, and nothing beside the application", {
  timeout: 300_000,
}, async () => {
  const login = await userOf("deployer");
  await using project = await smallProject();
  const config = project.config("minio", {
    storage: {
      use: "@hawser/storage-minio",
      with: { ...optionsFor(login), secretKey: login.secretAccessKey },
    },
    keep: 2,
    installer: {
      use: "@hawser/installer-script",
      with: {
        maintenance: { on: [": >away"], off: ["rm -f away"] },
        generated: ["away"],
        once: { before: [{ name: "migrate", run: ":", lock: "schema" }] },
      },
    },
    environments: { production: {} },
  });
  const hawser = (...argv: string[]) => project.hawser(...argv, "-c", config, "-e", "production");
  for (const version of ["1", "2", "3", "4"]) {
    await project.git.commit({ files: { "index.html": `version ${version}` } });
    const end = await hawser("deploy");
    expect(end.exitCode, ending(end)).toBe(0);
  }
  for (const verb of [
    ["rollback"],
    ["maintenance", "on", "--reason", "a new index"],
    ["maintenance", "off"],
    ["prune"],
    ["status"],
    ["history"],
  ]) {
    const end = await hawser(...verb);
    expect(end.exitCode, ending(end)).toBe(0);
  }
  const storage = await openAs(login);
  expect(await storage.check?.(context)).toEqual([]);
  expect(await storage.stat({ key: "shop/releases/none/record" }, context)).toBeUndefined();
  for (const key of others) {
    expect(await refusal(() => storage.get({ key }, context)), key).toBe(denied);
    expect(await refusal(() => put(storage, key)), key).toBe(denied);
    expect(await refusal(() => storage.delete({ key }, context)), key).toBe(denied);
  }
  expect(await refusal(() => keysOf(storage, "blog/"))).toBe(denied);
  for (const name of [
    "environments/production/lock",
    "environments/production/desired",
    "environments/production/maintenance",
    "locks/schema",
  ]) {
    const key = `shop/${name}`;
    expect(await refusal(() => storage.delete({ key }, context)), key).toBe(denied);
    expect(await storage.stat({ key }, context), key).toBeDefined();
  }
});

/** What a run's commands said and what it told itself. */
const told = [
  "shop/environments/production/runs/1/logs/web1/a-0001",
  "shop/environments/production/runs/1/events/000000000007.a-0000",
];

test("the auditor's policy reads all of the application, and writes nothing", async () => {
  for (const key of told) await put(await openAs(server.login), key);
  const storage = await openAs(await userOf("auditor"));
  const keys = await keysOf(storage, "shop/");
  expect(keys).toEqual(expect.arrayContaining(told));
  for (const key of keys) {
    await buffer((await storage.get({ key }, context)).stream);
    expect(await refusal(() => put(storage, key)), key).toBe(denied);
    expect(await refusal(() => storage.delete({ key }, context)), key).toBe(denied);
  }
  for (const key of others) expect(await refusal(() => storage.get({ key }, context)), key).toBe(denied);
  expect(await refusal(() => keysOf(storage, "blog/"))).toBe(denied);
});

test("an instance's policy reads what its environment is to run, lists nothing and writes nothing", async () => {
  const root = await openAs(server.login);
  const own = [
    "environments/production/desired",
    "environments/production/secrets.age",
    "releases/1/record",
    "manifests/ab",
    "manifests/ab.age",
    "artifacts/ab/forms/tar.gz",
    "artifacts/ab/bytes/cd",
    "deltas/ab/cd/record",
    "plans/ab",
    "plans/ab.signed",
  ].map((key) => `shop/${key}`);
  const closed = [
    "shop/environments/production/lock",
    ...told,
    "shop/environments/staging/desired",
    "shop/environments/staging/secrets.age",
    "shop/sweep/marks",
    ...others,
  ];
  for (const key of [...own, ...closed]) await put(root, key);
  for (const login of [await userOf("instance"), await userOf("instance")]) {
    const storage = await openAs(login);
    for (const key of own)
      expect((await buffer((await storage.get({ key }, context)).stream)).toString(), key).toBe("x");
    for (const key of closed) expect(await refusal(() => storage.get({ key }, context)), key).toBe(denied);
    for (const key of [...own, ...closed, "shop/releases/9/record", "hawser-check/a"]) {
      expect(await refusal(() => put(storage, key)), key).toBe(denied);
      expect(await refusal(() => storage.delete({ key }, context)), key).toBe(denied);
    }
    for (const prefix of ["", "shop/", "shop/releases/"])
      expect(await refusal(() => keysOf(storage, prefix)), prefix).toBe(denied);
  }
});
