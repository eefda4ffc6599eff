import type { Bucket } from "./bucket.ts";
import { MultipartUpload } from "./multipart-upload.ts";
import type { Condition } from "./object-put.ts";

/** A multipart upload of a single part: how a store takes the condition of such uploads is found by it. */
export const putOnePart = async (
  bucket: Bucket,
  { key, body, ...condition }: Condition & { readonly key: string; readonly body: Uint8Array },
  signal: AbortSignal,
): Promise<string> => {
  const s3 = await bucket.open(signal);
  try {
    const upload = await MultipartUpload.begin(bucket, s3, key);
    try {
      await upload.send({ number: 1, bytes: Buffer.from(body) }, signal);
      return await upload.complete(condition, signal);
    } catch (error) {
      await upload.takeBack();
      throw error;
    }
  } catch (error) {
    throw bucket.writeFailure(key, error, condition.ifMatch, signal);
  }
};
