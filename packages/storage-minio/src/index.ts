import { definePlugin, type Plugin } from "@hawser/core/plugin";
import s3 from "@hawser/storage-s3";
import { type MinioStorageOptions, schema } from "./options.ts";

export type { MinioStorageOptions } from "./options.ts";

/** Storage in a bucket of MinIO: storage-s3 with the names that MinIO gives to its options. */
const plugin: Plugin<"storage", MinioStorageOptions> = definePlugin({
  kind: "storage",
  name: "@hawser/storage-minio",
  schema,
  create: ({ accessKey, secretKey, reader, ...place }, context) =>
    s3.create(
      {
        ...place,
        accessKeyId: accessKey,
        secretAccessKey: secretKey,
        forcePathStyle: true,
        ...(reader !== undefined && {
          reader: { accessKeyId: reader.accessKey, secretAccessKey: reader.secretKey },
        }),
      },
      context,
    ),
});

export default plugin;
