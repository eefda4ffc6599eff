import type { Schema } from "@hawser/core/plugin";
import { accessProperties, type GivenReader, readerProperty, type S3Access } from "@hawser/s3";

export interface S3StorageOptions extends S3Access {
  readonly prefix?: string;
  readonly sse?: "AES256" | "aws:kms";
  readonly kmsKeyId?: string;
  readonly reader?: GivenReader;
}

export const schema: Schema<S3StorageOptions> = {
  type: "object",
  properties: {
    ...accessProperties,
    prefix: {
      type: "string",
      minLength: 1,
      description: "The folder of the bucket that objects lie in. Default: the whole bucket.",
    },
    sse: {
      type: "string",
      enum: ["AES256", "aws:kms"],
      description:
        "How the store encrypts objects at rest: with keys of its own, or with one of its key service. Default: as the bucket is set.",
    },
    kmsKeyId: {
      type: "string",
      minLength: 1,
      description: "With `sse: aws:kms`, the key's id or ARN. Default: the bucket's, else AWS's own for S3.",
    },
    reader: readerProperty,
  },
  required: ["bucket"],
  additionalProperties: false,
};
