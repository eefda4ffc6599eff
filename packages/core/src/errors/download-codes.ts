import { defineErrors, type Makers } from "./catalogue.ts";

const entries = {
  HWS_DOWNLOAD_CUT: {
    message: (bytes: number, sizeBytes: number | undefined): string =>
      `the download was cut after ${bytes}${sizeBytes === undefined ? "" : ` of ${sizeBytes}`} bytes`,
    hint: "look at the network and at what the server logs; the next download begins anew",
    retryable: true,
  },
  HWS_DOWNLOAD_STALLED: {
    message: (ms: number): string => `the download stood still for ${ms} ms`,
    hint: "look at the network and at the load of the server",
    retryable: true,
  },
  HWS_DOWNLOAD_LENGTH: {
    message: (expected: number, found: string): string =>
      `the download has ${found} bytes instead of ${expected}`,
    hint: "the file was cut or replaced where it lies: look at it there",
  },
  HWS_DOWNLOAD_DIGEST: {
    message: (expected: string, found: string): string =>
      `the download has the sha256 ${found} instead of ${expected}`,
    hint: "the file was replaced, or the digest in the config belongs to another one: compare it with the publisher's",
  },
  HWS_DOWNLOAD_MOVED: {
    message: (before: number, now: number): string =>
      `the file had ${before} bytes and has ${now} bytes since the download was cut`,
    hint: "it was replaced while it was downloaded: deploy again",
  },
  HWS_DOWNLOAD_TOO_LARGE: {
    message: (limitBytes: number): string => `the download is larger than ${limitBytes} bytes`,
    hint: "no archive of that size is taken: look at what the server sends",
  },
  HWS_DOWNLOAD_OFFSET: {
    message: (asked: number, given: number): string =>
      `the download was to go on at byte ${asked} and was opened at ${given}`,
    hint: "a part begins where it was asked for or at 0: this is a fault of the plugin, please report it",
  },
  HWS_DOWNLOAD_UNWRITABLE: {
    message: (why: string): string => `the download cannot be kept in the cache: ${why}`,
    hint: "free space in the deployer's cache folder, and let the user that deploys write to it",
  },
};

/** What can go wrong with the download of one file. */
export const downloadErrors: Makers<typeof entries> = defineErrors(entries);
