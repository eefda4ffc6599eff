import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { HawserConfig } from "@hawser/core";
import { type MinioServer, startMinio } from "@hawser/testkit";

/** What lies in central storage, read without Hawser. */
export interface StoredObjects {
  read(key: string): Promise<Buffer | undefined>;
  /** The keys that begin with a prefix, in order. */
  keys(prefix: string): Promise<readonly string[]>;
}

/** Central storage of one kind for one stage: its block in the config is all that differs from kind to kind. */
export interface CentralStorage extends AsyncDisposable {
  readonly block: NonNullable<HawserConfig["storage"]>;
  /** Variables that the block refers to. */
  readonly env: Readonly<Record<string, string>>;
  readonly objects: StoredObjects;
}

const kinds = ["fs", "s3", "minio"] as const;
type Kind = (typeof kinds)[number];

const wanted = (process.env.HAWSER_STORAGE ?? "fs") as Kind;
if (!kinds.includes(wanted)) throw new Error(`HAWSER_STORAGE is ${wanted}: one of ${kinds.join(", ")}`);

/** The kind of storage that the suite runs on: `HAWSER_STORAGE`, a directory by default. */
export const storageKind: Kind = wanted;

const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const inDirectory = (directory: string): CentralStorage => ({
  block: { use: "@hawser/storage-fs", with: { directory } },
  env: {},
  objects: {
    read: async (key) => {
      const file = join(directory, key);
      return existsSync(file) ? await readFile(file) : undefined;
    },
    keys: async (prefix) => {
      const folder = join(directory, prefix.slice(0, prefix.lastIndexOf("/") + 1));
      if (!existsSync(folder)) return [];
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
        .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
        .filter((key) => key.startsWith(prefix) && !key.startsWith("."))
        .sort(compareBytes);
    },
  },
  [Symbol.asyncDispose]: async () => {},
});

const inBucket = (minio: MinioServer, bucket: string): StoredObjects => ({
  read: async (key) => {
    const [found] = await listed(minio, bucket, key);
    return found === key ? (await minio.call({ method: "GET", bucket, key })).body : undefined;
  },
  keys: (prefix) => listed(minio, bucket, prefix),
});

/** Keys hold nothing that XML has to escape. */
const listed = async (minio: MinioServer, bucket: string, prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for (let after = ""; ; after = keys.at(-1) ?? "") {
    const query = { "list-type": "2", prefix, ...(after !== "" && { "start-after": after }) };
    const page = (await minio.call({ method: "GET", bucket, query })).body.toString();
    const found = [...page.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = ""]) => key);
    keys.push(...found);
    if (!page.includes("<IsTruncated>true</IsTruncated>") || found.length === 0) return keys;
  }
};

const login = {
  accessKeyId: "HAWSER_TEST_ACCESS_KEY",
  secretAccessKey: "HAWSER_TEST_SECRET_KEY",
};

/** A bucket of a MinIO of its own, by the plugin of the kind; `host` is the address where it listens. */
export const onMinio = async (kind: "s3" | "minio", host = "127.0.0.1"): Promise<CentralStorage> => {
  const minio = await startMinio({ host });
  const bucket = await minio.createBucket();
  const { endpoint } = minio;
  const key = `\${var:${login.accessKeyId}}`;
  const secret = `\${env:${login.secretAccessKey}}`;
  return {
    block:
      kind === "s3"
        ? {
            use: "@hawser/storage-s3",
            with: { bucket, endpoint, region: "us-east-1", accessKeyId: key, secretAccessKey: secret },
          }
        : { use: "@hawser/storage-minio", with: { endpoint, bucket, accessKey: key, secretKey: secret } },
    env: {
      [login.accessKeyId]: minio.login.accessKeyId,
      [login.secretAccessKey]: minio.login.secretAccessKey,
    },
    objects: inBucket(minio, bucket),
    [Symbol.asyncDispose]: () => minio[Symbol.asyncDispose](),
  };
};

/** Starts the storage that the suite runs on; `directory` is where it lies when it is a directory. */
export const startCentralStorage = async (directory: string): Promise<CentralStorage> =>
  storageKind === "fs" ? inDirectory(directory) : await onMinio(storageKind);
