import { Secret } from "@hawser/core/plugin";
import { describeStorage, type MotoServer, pluginContext, startMoto } from "@hawser/testkit";
import { afterAll, beforeAll } from "vitest";
import plugin, { type MinioStorageOptions } from "../src/index.ts";

let server: MotoServer;
const optionsOf = new WeakMap<object, MinioStorageOptions>();

beforeAll(async () => {
  server = await startMoto();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const open = async (options: MinioStorageOptions) => {
  const storage = await plugin.create(options, pluginContext());
  optionsOf.set(storage, options);
  return storage;
};

describeStorage("storage-minio on moto", {
  plugin,
  create: async () =>
    await open({
      bucket: await server.createBucket(),
      prefix: "releases",
      endpoint: server.endpoint,
      accessKey: server.login.accessKeyId,
      secretKey: new Secret(server.login.secretAccessKey),
    }),
  second: async (storage) => await open(optionsOf.get(storage) as MinioStorageOptions),
});
