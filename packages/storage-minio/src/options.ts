import type { Schema, Secret } from "@hawser/core/plugin";

export interface MinioStorageOptions {
  readonly endpoint: string;
  readonly bucket: string;
  readonly prefix?: string;
  readonly accessKey: string;
  readonly secretKey: Secret;
  readonly region?: string;
  readonly ca?: string;
  readonly reader?: { readonly accessKey: string; readonly secretKey: Secret };
}

export const schema: Schema<MinioStorageOptions> = {
  type: "object",
  properties: {
    endpoint: {
      type: "string",
      minLength: 1,
      description: "The URL of MinIO, such as https://minio.dc:9000.",
    },
    bucket: { type: "string", minLength: 1, description: "The bucket's name. It must exist." },
    prefix: {
      type: "string",
      minLength: 1,
      description: "The folder of the bucket that objects lie in. Default: the whole bucket.",
    },
    accessKey: { type: "string", minLength: 1, description: "The access key of the deployer." },
    secretKey: { type: "string", secret: true, description: "Its secret." },
    region: { type: "string", minLength: 1, description: "The region MinIO is set to. Default: us-east-1." },
    ca: {
      type: "string",
      path: true,
      description:
        "A file with the certificates of the authorities that are trusted (PEM). Default: the system's.",
    },
    reader: {
      type: "object",
      properties: {
        accessKey: {
          type: "string",
          minLength: 1,
          description: "A key that may read the application and write nothing. Never the deployer's own.",
        },
        secretKey: { type: "string", secret: true, description: "Its secret." },
      },
      required: ["accessKey", "secretKey"],
      additionalProperties: false,
      description:
        "As whom instances read when they provision themselves. Default: they cannot provision themselves from this storage.",
    },
  },
  required: ["endpoint", "bucket", "accessKey", "secretKey"],
  additionalProperties: false,
};
