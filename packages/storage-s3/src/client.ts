import { readFile } from "node:fs/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import { errors } from "./errors.ts";
import type { S3StorageOptions } from "./options.ts";
import type { Place } from "./place.ts";

/** The SDK, loaded when it is needed: a config that only has this storage should not wait for it. */
export interface S3 {
  readonly sdk: typeof import("@aws-sdk/client-s3");
  readonly client: S3Client;
}

const connectMs = 10_000;
/** Without a byte in either direction. */
const silentMs = 60_000;

export const makeClient = async (options: S3StorageOptions, { endpoint }: Place): Promise<S3> => {
  const sdk = await import("@aws-sdk/client-s3");
  const ca = options.ca === undefined ? undefined : await readAuthorities(options.ca);
  const { region } = options;
  const credentials = credentialsOf(options);
  const client = withoutVersionWarning(
    () =>
      new sdk.S3Client({
        // The engine is the one that tries again.
        maxAttempts: 1,
        logger: silent,
        forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
        requestHandler: {
          connectionTimeout: connectMs,
          socketTimeout: silentMs,
          httpsAgent: { keepAlive: true, maxSockets: 50, ...(ca !== undefined && { ca }) },
        },
        ...(credentials !== undefined && { credentials }),
        ...(region !== undefined && { region }),
        ...(endpoint !== undefined && {
          endpoint,
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

const credentialsOf = ({ accessKeyId, secretAccessKey, sessionToken }: S3StorageOptions) => {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return {
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken !== undefined && { sessionToken: sessionToken.reveal() }),
  };
};

/** Certificates in PEM. */
export const readAuthorities = async (path: string): Promise<string> =>
  await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw errors.HWS_BUCKET_OPTION(["ca", `${path} cannot be read (${cause.code})`], { cause });
  });

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
