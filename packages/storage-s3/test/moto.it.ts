import { Secret } from "@hawser/core/plugin";
import { describeStorage, type MotoServer, startMoto } from "@hawser/testkit";
import { afterAll, beforeAll } from "vitest";
import plugin, { type S3StorageOptions } from "../src/index.ts";
import { S3Storage } from "../src/s3-storage.ts";

let server: MotoServer;
const optionsOf = new WeakMap<object, S3StorageOptions>();

beforeAll(async () => {
  server = await startMoto();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const open = (options: S3StorageOptions): S3Storage => {
  const storage = new S3Storage(options);
  optionsOf.set(storage, options);
  return storage;
};

describeStorage("storage-s3 on moto", {
  plugin,
  create: async () =>
    open({
      bucket: await server.createBucket(),
      prefix: "releases",
      endpoint: server.endpoint,
      accessKeyId: server.login.accessKeyId,
      secretAccessKey: new Secret(server.login.secretAccessKey),
    }),
  second: async (storage) => open(optionsOf.get(storage) as S3StorageOptions),
});
