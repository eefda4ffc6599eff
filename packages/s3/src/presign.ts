import type { S3 } from "./client.ts";
import { errors } from "./errors.ts";

/** The longest that Signature Version 4 allows. */
const longestMs = 7 * 24 * 60 * 60_000;

/** A URL that reads one object without credentials, for whole seconds. It ends earlier when its credentials do. */
export const presignGet = async (
  { sdk, client }: S3,
  names: { readonly Bucket: string; readonly Key: string },
  expiresMs: number,
): Promise<string> => {
  if (!(expiresMs >= 1_000 && expiresMs <= longestMs)) throw errors.HWS_S3_EXPIRY([expiresMs]);
  const { getSignedUrl } = await import("@aws-sdk/s3-request-presigner");
  return await getSignedUrl(client, new sdk.GetObjectCommand(names), {
    expiresIn: Math.floor(expiresMs / 1_000),
  });
};
