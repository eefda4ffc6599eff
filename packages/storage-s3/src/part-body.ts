import { Readable } from "node:stream";
import type { S3 } from "@hawser/s3";

type UploadPartCommand = InstanceType<S3["sdk"]["UploadPartCommand"]>;

/** What goes to the connection at once: a whole part would be copied before its first byte is sent. */
const sliceBytes = 256 << 10;

/**
 * How a part goes out. Over TLS it is signed without its body, as S3 allows: hashing it here and at the store proves what
 * TLS proves already. Over a plain line it is signed with its sha256, made on another thread.
 */
export const sendAs = async (
  command: UploadPartCommand,
  bytes: Buffer,
  isGuarded: boolean,
): Promise<void> => {
  const digest = isGuarded ? "UNSIGNED-PAYLOAD" : await sha256Of(bytes);
  command.middlewareStack.add(
    (next) => async (args) => {
      const { headers } = args.request as { readonly headers: Record<string, string> };
      headers["x-amz-content-sha256"] = digest;
      return await next(args);
    },
    { step: "build", name: "bodyDigest" },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as { body: unknown };
      // The SDK counts and signs a body that is there whole; only the sending is by slices.
      request.body = Readable.from(slicesOf(bytes), { objectMode: false, highWaterMark: sliceBytes });
      return await next(args);
    },
    { step: "finalizeRequest", priority: "low", name: "bodyInSlices" },
  );
};

const sha256Of = async (bytes: Buffer): Promise<string> =>
  Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");

const slicesOf = function* (bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes);
};
