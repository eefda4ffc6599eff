import type { Bucket } from "./bucket.ts";
import { requiredTag } from "./bucket.ts";
import { type Condition, conditionOf } from "./object-put.ts";

/** A multipart upload of a single part: how a store takes the condition of such uploads is found by it. */
export const putOnePart = async (
  bucket: Bucket,
  { key, body, ...condition }: Condition & { readonly key: string; readonly body: Uint8Array },
  signal: AbortSignal,
): Promise<string> => {
  const { sdk, client } = await bucket.open(signal);
  const names = bucket.names(key);
  try {
    const begun = await client.send(
      new sdk.CreateMultipartUploadCommand({ ...names, ...bucket.encryption }),
      { abortSignal: signal },
    );
    const upload = { ...names, UploadId: begun.UploadId };
    try {
      const part = new sdk.UploadPartCommand({ ...upload, PartNumber: 1, Body: body });
      const { ETag } = await client.send(part, { abortSignal: signal });
      const parts = { Parts: [{ PartNumber: 1, ETag }] };
      const end = { ...upload, ...conditionOf(condition), MultipartUpload: parts };
      const done = await client.send(new sdk.CompleteMultipartUploadCommand(end), { abortSignal: signal });
      return requiredTag(done.ETag, bucket.shown(key));
    } catch (error) {
      await client.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => {});
      throw error;
    }
  } catch (error) {
    throw bucket.writeFailure(key, error, condition.ifMatch, signal);
  }
};
