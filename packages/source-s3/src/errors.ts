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
  HWS_S3_REF_MISSING: {
    message: (where: string): string => `${where} needs a ref`,
    hint: "deploy with --ref, or give the option ref",
  },
  HWS_S3_NO_OBJECT: {
    message: (where: string): string => `there is nothing at ${where}`,
    hint: "check key or prefix, and that the build has put it there",
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

/** What this source says beside what all plugins of S3 do. */
export const errors: Makers<typeof entries> = defineErrors(entries);
