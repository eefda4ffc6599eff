import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HawserConfig } from "@hawser/core";
import { type MinioServer, type StorageGateway, startMinio, startStorageGateway } from "@hawser/testkit";
import { installerWith } from "./config.ts";
import { currentIn } from "./release-on-disk.ts";
import type { Stage } from "./stage.ts";

/** A MinIO that deployer and instances of a stage reach, and through which way. */
export interface Bucket extends AsyncDisposable {
  readonly minio: MinioServer;
  readonly gateway: StorageGateway;
  readonly name: string;
}

/** Starts MinIO behind a gateway on the stage's own network, and puts the stage's storage into a bucket of it. */
export const openBucket = async (stage: Stage): Promise<Bucket> => {
  const minio = await startMinio();
  try {
    const gateway = await startStorageGateway(minio, { host: stage.fleet.gateway });
    const name = await minio.createBucket();
    await stage.configure(inBucket({ minio, gateway, name }));
    return {
      minio,
      gateway,
      name,
      [Symbol.asyncDispose]: async () => {
        await gateway[Symbol.asyncDispose]();
        await minio[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await minio[Symbol.asyncDispose]();
    throw error;
  }
};

const inBucket =
  ({ minio, gateway, name }: Pick<Bucket, "minio" | "gateway" | "name">) =>
  (config: HawserConfig): HawserConfig => ({
    ...config,
    storage: {
      use: "@hawser/storage-s3",
      with: {
        bucket: name,
        endpoint: gateway.endpoint,
        accessKeyId: minio.login.accessKeyId,
        secretAccessKey: minio.login.secretAccessKey,
      },
    },
  });

/** Bytes that nothing compresses, the same for the same words: `prepare` makes a file of them. */
export const noise = (file: string, bytes: number, words: string): string =>
  `openssl enc -aes-128-ctr -nosalt -md sha256 -pass pass:${words} -in /dev/zero 2>/dev/null | head -c ${bytes} > ${file}`;

/** Commands that `prepare` runs beside those it has. */
export const preparing =
  (...commands: readonly string[]) =>
  (config: HawserConfig): HawserConfig => {
    const { prepare = [] } = (config.installer?.with ?? {}) as { readonly prepare?: readonly string[] };
    return installerWith({ prepare: [...prepare, ...commands] })(config);
  };

/** A file of the release that is current on each instance. */
export const currentFiles = (stage: Stage, file: string): Buffer[] =>
  stage.fleet.instances.map(({ folder }) =>
    readFileSync(join(folder, "releases", currentIn(folder) ?? "none", file)),
  );

/** Bytes that an instance's network interface has received. */
export const receivedBytes = async (stage: Stage, id: string): Promise<number> => {
  const { stdout } = await stage.fleet.exec(id, ["cat", "/proc/net/dev"]);
  const line = stdout.split("\n").find((text) => text.trim().startsWith("eth0:")) ?? "";
  return Number(line.split(":")[1]?.trim().split(/\s+/)[0]);
};
