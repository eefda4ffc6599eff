import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_SOURCE_REF_INVALID: {
    message: (ref: string): string =>
      `the ref ${JSON.stringify(ref.slice(0, 80))} is not a name this source accepts`,
    hint: "a ref is put in place of {ref}: letters, digits and . _ + @ -, beginning with a letter or digit, at most 128",
  },
  HWS_SOURCE_REF_NOT_FOUND: {
    message: (ref: string, where: string): string => `there is no ${ref} at ${where}`,
    hint: "check the ref, and that the option key or prefix has {ref} where it belongs",
  },
  HWS_SOURCE_MOVED: {
    message: (where: string): string => `${where} has changed since it was looked at`,
    hint: "run again to take the new state; keep each build under a key of its own, or turn on the bucket's versions",
  },
  HWS_S3_OPTION: {
    message: (option: string, why: string): string => `the option ${option} is refused: ${why}`,
  },
  HWS_S3_REF_MISSING: {
    message: (where: string): string => `${where} needs a ref`,
    hint: "deploy with --ref, or give the option ref",
  },
  HWS_S3_NO_OBJECT: {
    message: (where: string): string => `there is nothing at ${where}`,
    hint: "check key or prefix, and that the build has put it there",
  },
  HWS_S3_NO_BUCKET: {
    message: (bucket: string, where: string): string => `there is no bucket ${bucket} (${where})`,
    hint: "check bucket, endpoint and region",
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
    hint: "the credentials need s3:GetObject for the object (s3:GetObjectVersion for a version) and s3:ListBucket for the bucket; without s3:ListBucket a missing object is refused like this too",
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
  HWS_S3_ARCHIVED: {
    message: (where: string): string => `${where} is archived and cannot be read`,
    hint: "restore the object first, or keep builds in a storage class that is read at once",
  },
  HWS_S3_ANSWER: {
    message: (where: string, why: string): string => `${where} was answered in a way S3 does not: ${why}`,
    hint: "check that endpoint is an S3-compatible store",
  },
  HWS_S3_LISTING: {
    message: (where: string, why: string): string => `the listing of ${where} cannot be trusted: ${why}`,
  },
  HWS_S3_KEY: {
    message: (key: string, why: string): string => `the key ${JSON.stringify(key)} is refused: ${why}`,
    hint: "rename or remove the object, or keep it outside of the prefix",
  },
  HWS_S3_CACHE: {
    message: (path: string): string => `the kept file ${path} is damaged or gone, and is fetched again`,
    retryable: true,
  },
};

/** Every error of this package; the texts stand nowhere else. */
export const errors: Makers<typeof entries> = defineErrors(entries);
