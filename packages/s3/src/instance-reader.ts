import type { InstanceReader } from "@hawser/core/plugin";
import { readAuthorities, type S3 } from "./client.ts";
import { presignGet } from "./presign.ts";
import type { ReaderOptions } from "./reader-options.ts";
import { readerScript } from "./reader-script.ts";

/** What an instance reads: a bucket, what its keys begin with, and the file with the trusted certificates. */
export interface ReadBucket {
  readonly bucket: string;
  readonly prefix: string;
  readonly ca?: string | undefined;
}

const anyKey = "key";

/** How instances read objects of a bucket, with credentials of their own. */
export const instanceReader = async (
  s3: S3,
  reader: ReaderOptions,
  { bucket, prefix, ca }: ReadBucket,
): Promise<InstanceReader> => {
  // The SDK knows where a bucket of each region and partition is read: a URL of its own tells.
  const names = { Bucket: bucket, Key: prefix + anyKey };
  const { origin, pathname } = new URL(await presignGet(s3, names, 60_000));
  const base = origin + pathname.slice(0, -anyKey.length);
  const script = readerScript(reader, { base, region: await s3.client.config.region() });
  return {
    kind: "script",
    script,
    secrets: "role" in reader ? [] : [reader.secretAccessKey],
    ...(ca !== undefined && { ca: await readAuthorities(ca) }),
  };
};
