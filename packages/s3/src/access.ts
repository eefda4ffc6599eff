import {
  type AwsAccess,
  checkAccess as checkAwsAccess,
  originOf as originOfEndpoint,
  accessProperties as properties,
} from "@hawser/aws";
import { errors } from "./errors.ts";

/** Options of a plugin that say which bucket, where it is, and as whom it is asked. */
export interface S3Access extends AwsAccess {
  readonly bucket: string;
  readonly forcePathStyle?: boolean;
}

const { region, endpoint, ...others } = properties;

/** The schema of these options. */
export const accessProperties: Readonly<Record<keyof S3Access, object>> = {
  bucket: { type: "string", minLength: 1, description: "The bucket's name. It must exist." },
  region: {
    ...region,
    description:
      "The bucket's region. Default: AWS_REGION or the AWS profile's; us-east-1 with an endpoint of your own.",
  },
  endpoint: {
    ...endpoint,
    description: "The URL of an S3-compatible store, such as https://minio.dc:9000. Default: AWS.",
  },
  forcePathStyle: {
    type: "boolean",
    description:
      "Name the bucket in the path instead of the host name. Default: true with an endpoint of your own.",
  },
  ...others,
};

const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;

/** Refuses an option that cannot be meant. */
export const refuse = (option: string, why: string): never => {
  throw errors.HWS_S3_OPTION([option, why]);
};

/** Refuses what cannot be meant before anything is loaded or sent. */
export const checkAccess = (access: S3Access): void => {
  if (!bucketName.test(access.bucket)) refuse("bucket", "it is not the name of a bucket");
  checkAwsAccess(access, refuse);
};

/** An endpoint as an origin. */
export const originOf = (url: string): string => originOfEndpoint(url, refuse);

/** A bucket as people are told of it, ending in `/`, without credentials. */
export const shownBucket = ({ bucket, endpoint }: Pick<S3Access, "bucket" | "endpoint">): string =>
  `${endpoint === undefined ? "s3:/" : originOf(endpoint)}/${bucket}/`;
