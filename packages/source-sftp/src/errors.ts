import { defineErrors, type Makers } from "@hawser/core/plugin";

const quoted = (text: string): string => JSON.stringify(text.slice(0, 300));

const entries = {
  HWS_SOURCE_REF_INVALID: {
    message: (ref: string): string => `the ref ${quoted(ref.slice(0, 80))} is not a name this source accepts`,
    hint: "a path on an SFTP server has one state, the present one: leave the ref out",
  },
  HWS_SOURCE_REF_NOT_FOUND: {
    message: (ref: string, url: string): string => `${url} has no ref ${ref}`,
    hint: "a path on an SFTP server has one state, the present one: leave the ref out",
  },
  HWS_SOURCE_MOVED: {
    message: (url: string, path: string): string =>
      `${url} has changed since it was listed${path === "" ? "" : `, at ${quoted(path)}`}`,
    hint: "deploy when nothing is uploaded there; who uploads beside it and renames at the end leaves no such moment",
    retryable: false,
  },
  HWS_SFTP_OPTION: {
    message: (option: string, why: string): string => `the option \`${option}\` cannot be used: ${why}`,
    hint: "see the options in the README of @hawser/source-sftp",
  },
  HWS_SFTP_PATTERN: {
    message: (pattern: string): string => `the exclude pattern ${quoted(pattern)} can match no path`,
    hint: "write it relative to the directory, with / between names, without a leading / and without . or ..",
  },
  HWS_SFTP_NOT_FOUND: {
    message: (url: string): string => `there is nothing at ${url}`,
    hint: "check the option path; in a chroot it starts below the folder the user is shut in",
  },
  HWS_SFTP_KIND: {
    message: (url: string, wanted: string): string => `${url} is not ${wanted}`,
    hint: "a path that ends in .tar, .tar.gz, .tgz, .tar.zst or .zip names an archive, any other one a directory",
  },
  HWS_SFTP_NAME: {
    message: (path: string, why: string): string => `the server lists the name ${quoted(path)}: ${why}`,
    hint: "rename it there, or exclude it or the directory it is in",
  },
  HWS_SFTP_SPECIAL: {
    message: (path: string): string => `${quoted(path)} is neither a file, a directory nor a link`,
    hint: "exclude sockets, pipes and devices",
  },
  HWS_SFTP_LINK: {
    message: (path: string, target: string): string =>
      `the link ${quoted(path)} leads out of the directory, to ${quoted(target)}`,
    hint: "put what it points to into the directory, or exclude the link",
  },
  HWS_SFTP_LIMIT: {
    message: (url: string, what: string, limit: number): string => `${url} has more than ${limit} ${what}`,
    hint: "check that path is the application's own directory; exclude what does not belong to it",
  },
};

/** Every error of this package; the texts stand nowhere else. What concerns the connection is said by @hawser/ssh. */
export const errors: Makers<typeof entries> = defineErrors(entries);
