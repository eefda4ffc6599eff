import type { Schema, Secret } from "@hawser/core/plugin";

export interface S3SourceOptions {
  readonly bucket: string;
  readonly key?: string;
  readonly prefix?: string;
  readonly ref?: string;
  readonly versionId?: string;
  readonly stripComponents?: number;
  readonly region?: string;
  readonly endpoint?: string;
  readonly forcePathStyle?: boolean;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: Secret;
  readonly sessionToken?: Secret;
  readonly ca?: string;
}

export const schema: Schema<S3SourceOptions> = {
  type: "object",
  properties: {
    bucket: { type: "string", minLength: 1, description: "The bucket's name." },
    key: {
      type: "string",
      minLength: 1,
      description:
        "The object that is the application: an archive (.tar, .tar.gz, .tgz, .tar.zst, .zip) or any single file. `{ref}` in it stands for the ref of the deploy. Either this or `prefix`.",
    },
    prefix: {
      type: "string",
      description:
        "The folder whose objects are the files of the application; empty for the whole bucket. `{ref}` in it stands for the ref of the deploy. Either this or `key`.",
    },
    ref: {
      type: "string",
      minLength: 1,
      description: "What `{ref}` stands for when a deploy asks for none.",
    },
    versionId: {
      type: "string",
      minLength: 1,
      description: "The version of the object, in a bucket with versions. Default: the newest.",
    },
    stripComponents: {
      type: "integer",
      minimum: 0,
      default: 0,
      description: "How many leading path components of the archive's names are dropped.",
    },
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
  },
  required: ["bucket"],
  additionalProperties: false,
};
