import type { Schema, Secret } from "@hawser/core/plugin";

export interface S3StorageOptions {
  readonly bucket: string;
  readonly prefix?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly forcePathStyle?: boolean;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: Secret;
  readonly sessionToken?: Secret;
  readonly ca?: string;
}

export const schema: Schema<S3StorageOptions> = {
  type: "object",
  properties: {
    bucket: { type: "string", minLength: 1, description: "The bucket's name. It must exist." },
    prefix: {
      type: "string",
      minLength: 1,
      description: "The folder of the bucket that objects lie in. Default: the whole bucket.",
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
