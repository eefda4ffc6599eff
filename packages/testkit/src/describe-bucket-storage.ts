import { type Plugin, Secret, type Storage } from "@hawser/core/plugin";
import { afterAll, beforeAll, describe } from "vitest";
import { pluginContext } from "./context.ts";
import { describeStorage } from "./describe-storage.ts";
import { startMinio } from "./servers/minio-server.ts";
import { startMoto } from "./servers/moto-server.ts";
import type { S3Login } from "./servers/s3-signature.ts";

/** A bucket of a running server, and as whom it is used. */
export interface BucketPlace {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
}

interface BucketServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly login: S3Login;
  createBucket(): Promise<string>;
}

const servers: readonly (readonly [string, () => Promise<BucketServer>])[] = [
  ["MinIO", () => startMinio()],
  ["moto", startMoto],
];

/**
 * The contract of a storage for a plugin that keeps objects in a bucket, on each real server that speaks S3's protocol.
 *
 * @param optionsOf the plugin's options for a bucket that is empty.
 */
export function describeBucketStorage<Options>(
  name: string,
  plugin: Plugin<"storage", Options>,
  optionsOf: (place: BucketPlace) => Options,
): void {
  describe.each(servers)("on %s", (shown, start) => {
    let server: BucketServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    const used = new WeakMap<Storage, Options>();
    const open = async (options: Options): Promise<Storage> => {
      const storage = await plugin.create(options, pluginContext());
      used.set(storage, options);
      return storage;
    };
    describeStorage(`${name} on ${shown}`, {
      plugin,
      create: async () => {
        const { accessKeyId, secretAccessKey } = server.login;
        const bucket = await server.createBucket();
        const secret = new Secret(secretAccessKey);
        return await open(
          optionsOf({ endpoint: server.endpoint, bucket, accessKeyId, secretAccessKey: secret }),
        );
      },
      second: async (storage) => await open(used.get(storage) as Options),
    });
  });
}
