import { readFile } from "node:fs/promises";
import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { originOf, refuse, type S3Access } from "./access.ts";

/** The SDK, loaded when it is needed: a config that only has such a plugin should not wait for it. */
export type Sdk = typeof import("@aws-sdk/client-s3");

export interface S3 {
  readonly sdk: Sdk;
  readonly client: S3Client;
}

/** What sends the SDK's requests; `ca` is the text of the trusted certificates. */
export type MakeHandler = (ca: string | undefined) => NonNullable<S3ClientConfig["requestHandler"]>;

const connectMs = 10_000;
/** Without a byte in either direction. */
const silentMs = 60_000;

/** The SDK's own way of sending, over kept connections. */
export const nodeHandler: MakeHandler = (ca) => ({
  connectionTimeout: connectMs,
  socketTimeout: silentMs,
  httpAgent: { keepAlive: true, maxSockets: 50 },
  httpsAgent: { keepAlive: true, maxSockets: 50, ...(ca !== undefined && { ca }) },
});

export const makeClient = async (access: S3Access, handler: MakeHandler): Promise<S3> => {
  const sdk = await import("@aws-sdk/client-s3");
  const { endpoint, region } = access;
  const ca = access.ca === undefined ? undefined : await readAuthorities(access.ca);
  const credentials = credentialsOf(access);
  const client = withoutVersionWarning(
    () =>
      new sdk.S3Client({
        // The engine is the one that tries again.
        maxAttempts: 1,
        logger: silent,
        // The SDK asks before it sends a body by an agent of its own, which keeps no connection and knows no `ca`.
        expectContinueHeader: false,
        forcePathStyle: access.forcePathStyle ?? endpoint !== undefined,
        requestHandler: handler(ca),
        ...(credentials !== undefined && { credentials }),
        ...(region !== undefined && { region }),
        ...(endpoint !== undefined && {
          endpoint: originOf(endpoint),
          region: region ?? "us-east-1",
          // Stores other than AWS refuse the checksums that the SDK adds by default.
          requestChecksumCalculation: "WHEN_REQUIRED",
          responseChecksumValidation: "WHEN_REQUIRED",
        }),
      }),
  );
  return { sdk, client };
};

const nothing = (): void => {};

/** Without one the SDK writes to the console that a stream cannot be sent twice. */
const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

const credentialsOf = ({ accessKeyId, secretAccessKey, sessionToken }: S3Access) => {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return {
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken !== undefined && { sessionToken: sessionToken.reveal() }),
  };
};

/** The text of the file with the trusted certificates. */
export const readAuthorities = async (path: string): Promise<string> =>
  await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) =>
    refuse("ca", `${path} cannot be read (${cause.code})`),
  );

const silence = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/**
 * The SDK's first client of a process tells on standard error which Node its future versions need. That is no matter of
 * who deploys; the environment is as before when this returns, as nothing else runs in between.
 */
const withoutVersionWarning = <T>(make: () => T): T => {
  const before = process.env[silence];
  process.env[silence] = "true";
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[silence];
    else process.env[silence] = before;
  }
};
