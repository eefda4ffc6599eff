import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { basisOf, nodeHandlerOf, readAuthorities as readTrusted, withoutVersionWarning } from "@hawser/aws";
import { refuse, type S3Access } from "./access.ts";

/** The SDK, loaded when it is needed: a config that only has such a plugin should not wait for it. */
export type Sdk = typeof import("@aws-sdk/client-s3");

export interface S3 {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

/** What sends the SDK's requests; `ca` is the text of the trusted certificates. */
export type MakeHandler = (ca: string | undefined) => NonNullable<S3ClientConfig["requestHandler"]>;

const limits = { maxSockets: 50, silentMs: 60_000 };

/** The SDK's own way of sending, over kept connections. */
export const nodeHandler: MakeHandler = (ca) => nodeHandlerOf(limits, ca);

export const makeClient = async (access: S3Access, handler: MakeHandler): Promise<S3> => {
  const sdk = await import("@aws-sdk/client-s3");
  const { endpoint } = access;
  const ca = access.ca === undefined ? undefined : await readAuthorities(access.ca);
  const client = withoutVersionWarning(
    () =>
      new sdk.S3Client({
        ...basisOf(access, refuse),
        // The engine is the one that tries again.
        maxAttempts: 1,
        // The SDK asks before it sends a body by an agent of its own, which keeps no connection and knows no `ca`.
        expectContinueHeader: false,
        forcePathStyle: access.forcePathStyle ?? endpoint !== undefined,
        requestHandler: handler(ca),
        ...(endpoint !== undefined && {
          // Stores other than AWS refuse the checksums that the SDK adds by default.
          requestChecksumCalculation: "WHEN_REQUIRED",
          responseChecksumValidation: "WHEN_REQUIRED",
        }),
      }),
  );
  return { sdk, client };
};

/** The text of the file with the trusted certificates. */
export const readAuthorities = (path: string): Promise<string> => readTrusted(path, refuse);
