import type { Schema } from "@hawser/core/plugin";
import { accessProperties, type S3Access } from "@hawser/s3";

export interface S3StorageOptions extends S3Access {
  readonly prefix?: string;
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
  },
  required: ["bucket"],
  additionalProperties: false,
};
