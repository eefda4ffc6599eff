import { errors } from "./errors.ts";
import { checkKey } from "./key.ts";
import type { S3StorageOptions } from "./options.ts";

/** Where the objects lie: a bucket, and what its keys begin with. */
export interface Place {
  readonly bucket: string;
  /** Ends in `/`, or is empty. */
  readonly prefix: string;
  /** Absent: AWS. An origin. */
  readonly endpoint?: string;
  /** For people, without credentials. */
  readonly shown: string;
}

const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;
const regionName = /^[a-z0-9-]{1,60}$/;

const refuse = (option: keyof S3StorageOptions, why: string): never => {
  throw errors.HWS_BUCKET_OPTION([option, why]);
};

/** Reads the options, and refuses what cannot be meant before anything is loaded or sent. */
export const placeOf = (options: S3StorageOptions): Place => {
  const { bucket, region, accessKeyId, secretAccessKey, sessionToken } = options;
  if (!bucketName.test(bucket)) refuse("bucket", "it is not the name of a bucket");
  if (region !== undefined && !regionName.test(region)) refuse("region", "it is not the name of a region");
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    refuse("accessKeyId", "it belongs together with secretAccessKey");
  if (sessionToken !== undefined && accessKeyId === undefined)
    refuse("sessionToken", "it belongs to an access key");
  const endpoint = options.endpoint === undefined ? undefined : originOf(options.endpoint);
  const prefix = prefixOf(options.prefix);
  const shown = `${endpoint === undefined ? "s3:/" : endpoint}/${bucket}/${prefix}`;
  return { bucket, prefix, shown, ...(endpoint !== undefined && { endpoint }) };
};

const prefixOf = (prefix: string | undefined): string => {
  const path = prefix?.replace(/\/$/, "");
  if (path === undefined) return "";
  try {
    checkKey(path);
  } catch {
    refuse("prefix", "it does not fit the grammar of keys");
  }
  return `${path}/`;
};

const originOf = (endpoint: string): string => {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const plain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.username + url.password + url.search + url.hash === "" &&
    url.pathname === "/";
  return plain ? url.origin : refuse("endpoint", "it is not http(s)://host:port alone");
};
