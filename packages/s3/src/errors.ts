import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_STORAGE_KEY_INVALID: {
    message: (key: string): string => `the key ${JSON.stringify(key.slice(0, 200))} cannot name an object`,
    hint: "use segments of letters, digits, dot, underscore and hyphen, joined by /, at most 200 characters each",
  },
  HWS_STORAGE_NOT_FOUND: { message: (key: string): string => `there is no object ${key} in storage` },
  HWS_STORAGE_CONFLICT: { message: (key: string): string => `${key} was stored by somebody else first` },
  HWS_STORAGE_TRUNCATED: {
    message: (key: string, expected: number, actual: number): string =>
      `${key} has ${actual} bytes where ${expected} were promised`,
    hint: "the object or its source was cut short or changed meanwhile; try again",
  },
  HWS_S3_OPTION: {
    message: (option: string, why: string): string => `the option ${option} is refused: ${why}`,
  },
  HWS_S3_NO_BUCKET: {
    message: (bucket: string, where: string): string => `there is no bucket ${bucket} (${where})`,
    hint: "create it, or check bucket, endpoint and region",
  },
  HWS_S3_CREDENTIALS: {
    message: (): string => "no S3 credentials were found",
    hint: "give accessKeyId and secretAccessKey, or what AWS tools read: AWS_ACCESS_KEY_ID, a profile, the role of the machine",
  },
  HWS_S3_AUTH: {
    message: (where: string, said: string): string => `the credentials for ${where} were refused (${said})`,
    hint: "check accessKeyId, secretAccessKey and sessionToken, and that they have not expired",
  },
  HWS_S3_DENIED: {
    message: (where: string, said: string): string => `no access to ${where} (${said})`,
    hint: "a source needs s3:GetObject for the object (s3:GetObjectVersion for a version) and s3:ListBucket for the bucket, without which a missing object is refused like this too; what a storage needs is in docs/policies",
  },
  HWS_S3_REGION: {
    message: (bucket: string, region: string | undefined): string =>
      `the bucket ${bucket} is in ${region === undefined ? "another region" : `the region ${region}`}`,
    hint: (_bucket: string, region: string | undefined): string =>
      `set the option region${region === undefined ? " to the bucket's own" : `: ${region}`}`,
  },
  HWS_S3_CLOCK: {
    message: (where: string): string => `${where} finds this machine's clock too far from its own`,
    hint: "set the clock of the deployer",
  },
  HWS_S3_BUSY: {
    message: (where: string, said: string): string => `${where} cannot answer now (${said})`,
    retryable: true,
  },
  HWS_S3_UNREACHABLE: {
    message: (where: string, why: string): string => `${where} cannot be reached (${why})`,
    hint: "check endpoint and region, and the way there",
    retryable: true,
  },
  HWS_S3_CERTIFICATE: {
    message: (where: string, why: string): string => `the certificate of ${where} is not trusted (${why})`,
    hint: "for an authority of your own, give its certificate with the option ca",
  },
  HWS_S3_CUT: {
    message: (key: string, sizeBytes: number, arrived: number): string =>
      `${key} was cut after ${arrived} of ${sizeBytes} bytes`,
    retryable: true,
  },
  HWS_S3_DAMAGED: {
    message: (key: string): string => `the bytes of ${key} are not those that were stored`,
    hint: "damaged on the way here, they are whole the next time; damaged at rest, hawser fsck says what needs them",
    retryable: true,
  },
  HWS_S3_EXPIRY: {
    message: (expiresMs: number): string => `a URL cannot be made that reads for ${expiresMs} ms`,
    hint: "S3 signs URLs for a second to seven days",
  },
  HWS_S3_ARCHIVED: {
    message: (where: string): string => `${where} is archived and cannot be read`,
    hint: "restore the object first, or keep objects in a storage class that is read at once",
  },
  HWS_S3_ANSWER: {
    message: (where: string, why: string): string => `${where} was answered in a way S3 does not: ${why}`,
    hint: "check that endpoint is an S3-compatible store",
  },
  HWS_S3_LISTING: {
    message: (where: string, why: string): string => `the listing of ${where} cannot be trusted: ${why}`,
  },
  HWS_S3_NO_CONDITIONS: {
    message: (where: string, writes: string): string => `${where} does not keep conditional ${writes} apart`,
    hint: "two deployers could overwrite each other: use a store that obeys If-None-Match and If-Match, for puts and for the end of a multipart upload",
  },
};

/** What every plugin of S3 says in the same words. */
export const errors: Makers<typeof entries> = defineErrors(entries);
