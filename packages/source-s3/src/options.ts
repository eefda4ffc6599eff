import type { Schema } from "@hawser/core/plugin";
import { accessProperties, type S3Access } from "@hawser/s3";

export interface S3SourceOptions extends S3Access {
  readonly key?: string;
  readonly prefix?: string;
  readonly ref?: string;
  readonly versionId?: string;
  readonly stripComponents?: number;
}

export const schema: Schema<S3SourceOptions> = {
  type: "object",
  properties: {
    ...accessProperties,
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
  },
  required: ["bucket"],
  additionalProperties: false,
};
