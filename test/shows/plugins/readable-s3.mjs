import { definePlugin } from "@hawser/core/plugin";
import storageS3 from "@hawser/storage-s3";

const { reader: _, ...plain } = { ...storageS3.schema.properties };

/** storage-s3 whose instances read with a static key of their own, at an endpoint of their own. */
export default definePlugin({
  kind: "storage",
  name: "readable-s3",
  schema: {
    ...storageS3.schema,
    properties: {
      ...plain,
      readEndpoint: { type: "string" },
      readKey: { type: "string" },
      readSecret: { type: "string", secret: true },
    },
  },
  create: async ({ readEndpoint, readKey, readSecret, ...options }, context) => {
    const storage = await storageS3.create(options, context);
    const text = (value) => `'${value.replaceAll("'", `'\\''`)}'`;
    storage.readerFor = async () => ({
      kind: "script",
      script: [
        "reader_config() {",
        `  printf 'url = "%s/%s/%s"\\n' ${text(readEndpoint)} ${text(options.bucket)} "$1"`,
        `  printf 'aws-sigv4 = "aws:amz:us-east-1:s3"\\nuser = "%s"\\n' ${text(`${readKey}:${readSecret.reveal()}`)}`,
        "}",
      ].join("\n"),
      secrets: [readSecret],
    });
    return storage;
  },
});
