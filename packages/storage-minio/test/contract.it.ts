import { describeBucketStorage } from "@hawser/testkit";
import plugin from "../src/index.ts";

describeBucketStorage("storage-minio", plugin, ({ endpoint, bucket, accessKeyId, secretAccessKey }) => ({
  endpoint,
  bucket,
  prefix: "releases",
  accessKey: accessKeyId,
  secretKey: secretAccessKey,
}));
