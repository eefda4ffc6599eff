import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_SOURCE_REF_INVALID: {
    message: (ref: string): string =>
      `the ref ${JSON.stringify(ref.slice(0, 80))} is not a name this source accepts`,
    hint: "a directory has one state, the present one: leave the ref out",
  },
  HWS_SOURCE_REF_NOT_FOUND: {
    message: (ref: string, path: string): string => `the directory ${path} has no ref ${ref}`,
    hint: "a directory has one state, the present one: leave the ref out",
  },
  HWS_SOURCE_MOVED: {
    message: (path: string): string => `the directory ${path} has changed since it was listed`,
    hint: "deploy when nothing writes to it, or from a copy",
    retryable: false,
  },
  HWS_DIRECTORY_NOT_FOUND: {
    message: (path: string): string => `there is no directory ${path}`,
    hint: "check the option path; a relative one starts at the config file",
  },
  HWS_DIRECTORY_UNREADABLE: {
    message: (path: string, why: string): string => `${path} cannot be read (${why})`,
    hint: "give the user that deploys the right to read it, or exclude it",
  },
  HWS_DIRECTORY_SPECIAL: {
    message: (path: string): string => `${JSON.stringify(path)} is neither a file, a directory nor a link`,
    hint: "exclude sockets, pipes and devices",
  },
  HWS_DIRECTORY_NAME: {
    message: (path: string): string => `the name ${JSON.stringify(path)} is not UTF-8`,
    hint: "rename or exclude it",
  },
  HWS_DIRECTORY_PATTERN: {
    message: (pattern: string): string => `the exclude pattern ${JSON.stringify(pattern)} can match no path`,
    hint: "write it relative to the directory, with / between names, without a leading / and without . or ..",
  },
};

/** Every error of this package; the texts stand nowhere else. */
export const errors: Makers<typeof entries> = defineErrors(entries);
