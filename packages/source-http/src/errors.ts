import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_SOURCE_REF_INVALID: {
    message: (ref: string): string =>
      `the ref ${JSON.stringify(ref.slice(0, 80))} is not a name this source accepts`,
    hint: "a ref stands for {ref} in the URL: letters, digits, dots, dashes and underscores, at most 128 of them",
  },
  HWS_SOURCE_REF_NOT_FOUND: {
    message: (ref: string, url: string): string => `${url} has no ref ${ref}`,
    hint: "publish the artifact of that name first, or ask for one that is there; without {ref} in the URL leave the ref out",
  },
  HWS_SOURCE_MOVED: {
    message: (url: string): string => `${url} has been replaced since it was resolved`,
    hint: "deploy again; an artifact under a name of its own, or with sha256, does not move",
    retryable: false,
  },
  HWS_WEB_OPTIONS: {
    message: (why: string): string => `the options of the source do not fit together: ${why}`,
    hint: "mend the source's block in the config",
  },
  HWS_WEB_REF_MISSING: {
    message: (url: string): string => `${url} needs a ref`,
    hint: "deploy with --ref, or give the option ref",
  },
  HWS_WEB_CA_UNREADABLE: {
    message: (path: string, why: string): string => `the authorities' file ${path} cannot be read: ${why}`,
    hint: "check the option ca; a relative path starts at the config file",
  },
  HWS_WEB_NOT_FOUND: {
    message: (url: string, status: number): string => `there is no artifact at ${url} (status ${status})`,
    hint: "check the option url; some servers also say so to who may not see it",
  },
  HWS_WEB_UNAUTHORIZED: {
    message: (url: string): string => `${url} wants other credentials (status 401)`,
    hint: "give username and password, token or headers; a token may have expired",
  },
  HWS_WEB_FORBIDDEN: {
    message: (url: string): string => `${url} may not be read with these credentials (status 403)`,
    hint: "let their owner read the artifact; a signed URL may have expired",
  },
  HWS_WEB_BUSY: {
    message: (url: string, status: number, after: string | undefined): string =>
      `${url} cannot be had just now (status ${status}${after === undefined ? "" : `, try again after ${after}`})`,
    hint: "look at the server, or deploy again later",
    retryable: true,
  },
  HWS_WEB_STATUS: {
    message: (url: string, status: number): string => `${url} answers with status ${status}`,
    hint: "open the URL by hand with the same credentials",
  },
  HWS_WEB_RANGE: {
    message: (url: string): string => `${url} sends another part of the file than was asked for`,
    hint: "the server or a cache before it handles Range wrongly: look at it there",
  },
  HWS_WEB_FORMAT: {
    message: (url: string, expected: string, found: string): string =>
      `${url} was to be ${expected} and begins like ${found}`,
    hint: "a page in place of an archive is often a login or an error; else mend the option format",
  },
  HWS_WEB_CODED: {
    message: (url: string, coding: string): string =>
      `${url} is sent in the coding ${coding}, which was not asked for`,
    hint: "switch compression off for this file on the server, or give the option format if it is an archive",
  },
};

/** Every error of this package; the texts stand nowhere else. */
export const errors: Makers<typeof entries> = defineErrors(entries);
