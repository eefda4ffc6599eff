import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HawserConfig } from "@hawser/core";
import { type MinioServer, startMinio } from "@hawser/testkit";

/** The central storage of a stage. */
export interface Store extends AsyncDisposable {
  /** The block of the config. */
  readonly block: NonNullable<HawserConfig["storage"]>;
  /** Brings the folder that shows what is stored up to date. */
  refresh(): Promise<void>;
}

const kinds = ["fs", "s3", "minio"] as const;

/** Which storage the shows run on: the same suites, another block of the config. */
export const storeKind = (): (typeof kinds)[number] => {
  const asked = process.env.HAWSER_STORAGE ?? "fs";
  const kind = kinds.find((known) => known === asked);
  if (kind === undefined) throw new Error(`HAWSER_STORAGE is one of ${kinds.join(", ")}, not ${asked}`);
  return kind;
};

const blockOf = (kind: "s3" | "minio", minio: MinioServer, bucket: string): Store["block"] => {
  const { endpoint, login } = minio;
  const { accessKeyId, secretAccessKey } = login;
  if (kind === "s3")
    return { use: "@hawser/storage-s3", with: { bucket, endpoint, accessKeyId, secretAccessKey } };
  return {
    use: "@hawser/storage-minio",
    with: { bucket, endpoint, accessKey: accessKeyId, secretKey: secretAccessKey },
  };
};

const field = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

/**
 * Shows a bucket as the folder that a storage directory would be, so that suites read either in the same way. The folder
 * follows the bucket within moments, and is brought up to date at the end of each command.
 */
class BucketFolder {
  readonly #minio: MinioServer;
  readonly #bucket: string;
  readonly #folder: string;
  readonly #etags = new Map<string, string>();
  #turn: Promise<void> = Promise.resolve();
  #over = false;

  constructor(minio: MinioServer, bucket: string, folder: string) {
    this.#minio = minio;
    this.#bucket = bucket;
    this.#folder = folder;
  }

  refresh(): Promise<void> {
    this.#turn = this.#turn.catch(() => {}).then(() => this.#copy());
    return this.#turn;
  }

  async follow(): Promise<void> {
    while (!this.#over) {
      await this.refresh().catch(() => {});
      await sleep(50);
    }
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.#turn.catch(() => {});
  }

  async #copy(): Promise<void> {
    const listed = await this.#list();
    for (const key of this.#etags.keys()) {
      if (listed.has(key)) continue;
      await rm(join(this.#folder, key), { force: true });
      this.#etags.delete(key);
    }
    for (const [key, etag] of listed) if (this.#etags.get(key) !== etag) await this.#take(key, etag);
  }

  async #list(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    let token: string | undefined;
    do {
      const query = { "list-type": "2", ...(token !== undefined && { "continuation-token": token }) };
      const { body } = await this.#minio.call({ method: "GET", bucket: this.#bucket, query });
      const xml = body.toString();
      for (const [, entry = ""] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs))
        found.set(field(entry, "Key") ?? "", field(entry, "ETag") ?? "");
      token = field(xml, "NextContinuationToken");
    } while (token !== undefined);
    return found;
  }

  async #take(key: string, etag: string): Promise<void> {
    const file = join(this.#folder, key);
    const { body } = await this.#minio.call({ method: "GET", bucket: this.#bucket, key });
    await mkdir(dirname(file), { recursive: true });
    const part = join(dirname(this.#folder), "object.part");
    await writeFile(part, body);
    await rename(part, file);
    this.#etags.set(key, etag);
  }
}

const inBucket = async (kind: "s3" | "minio", folder: string): Promise<Store> => {
  const minio = await startMinio();
  const bucket = await minio.createBucket();
  const shown = new BucketFolder(minio, bucket, folder);
  const following = shown.follow();
  return {
    block: blockOf(kind, minio, bucket),
    refresh: () => shown.refresh(),
    [Symbol.asyncDispose]: async () => {
      await shown.end();
      await following;
      await minio[Symbol.asyncDispose]();
    },
  };
};

/** Opens the storage that `HAWSER_STORAGE` names; `folder` shows what is stored in it. */
export const openStore = async (folder: string): Promise<Store> => {
  const kind = storeKind();
  if (kind !== "fs") return await inBucket(kind, folder);
  return {
    block: { use: "@hawser/storage-fs", with: { directory: "./storage" } },
    refresh: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
};
