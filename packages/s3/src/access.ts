import type { Secret } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

/** Options of a plugin that say which bucket, where it is, and as whom it is asked. */
export interface S3Access {
  readonly bucket: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly forcePathStyle?: boolean;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: Secret;
  readonly sessionToken?: Secret;
  readonly ca?: string;
}

/** The schema of these options. */
export const accessProperties = {
  bucket: { type: "string", minLength: 1, description: "The bucket's name. It must exist." },
  region: {
    type: "string",
    minLength: 1,
    description:
      "The bucket's region. Default: AWS_REGION or the AWS profile's; us-east-1 with an endpoint of your own.",
  },
  endpoint: {
    type: "string",
    minLength: 1,
    description: "The URL of an S3-compatible store, such as https://minio.dc:9000. Default: AWS.",
  },
  forcePathStyle: {
    type: "boolean",
    description:
      "Name the bucket in the path instead of the host name. Default: true with an endpoint of your own.",
  },
  accessKeyId: {
    type: "string",
    minLength: 1,
    description:
      "The access key. Default: the usual places of AWS: environment, profile, the role of the machine.",
  },
  secretAccessKey: { type: "string", secret: true, description: "The secret of the access key." },
  sessionToken: { type: "string", secret: true, description: "The token of a temporary access key." },
  ca: {
    type: "string",
    path: true,
    description:
      "A file with the certificates of the authorities that are trusted (PEM). Default: the system's.",
  },
} as const;

const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;
const regionName = /^[a-z0-9-]{1,60}$/;

/** Refuses an option that cannot be meant. */
export const refuse = (option: string, why: string): never => {
  throw errors.HWS_S3_OPTION([option, why]);
};

/** Refuses what cannot be meant before anything is loaded or sent. */
export const checkAccess = (access: S3Access): void => {
  const { bucket, region, endpoint, accessKeyId, secretAccessKey, sessionToken } = access;
  if (!bucketName.test(bucket)) refuse("bucket", "it is not the name of a bucket");
  if (endpoint !== undefined) originOf(endpoint);
  if (region !== undefined && !regionName.test(region)) refuse("region", "it is not the name of a region");
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    refuse("accessKeyId", "it belongs together with secretAccessKey");
  if (sessionToken !== undefined && accessKeyId === undefined)
    refuse("sessionToken", "it belongs to an access key");
};

/** An endpoint as an origin. */
export const originOf = (endpoint: string): string => {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const plain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.username + url.password + url.search + url.hash === "" &&
    url.pathname === "/";
  return plain ? url.origin : refuse("endpoint", "it is not http(s)://host:port alone");
};

/** A bucket as people are told of it, ending in `/`, without credentials. */
export const shownBucket = ({ bucket, endpoint }: Pick<S3Access, "bucket" | "endpoint">): string =>
  `${endpoint === undefined ? "s3:/" : originOf(endpoint)}/${bucket}/`;
