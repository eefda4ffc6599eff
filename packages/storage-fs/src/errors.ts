import { defineErrors, HawserError, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_STORAGE_KEY_INVALID: {
    message: (key: string): string => `the key ${JSON.stringify(key.slice(0, 200))} cannot name an object`,
    hint: "use segments of letters, digits, dot, underscore and hyphen, joined by /, at most 200 characters each",
  },
  HWS_STORAGE_KEY_TAKEN: {
    message: (key: string): string =>
      `${key} and a key below it cannot both be objects of a directory storage`,
    hint: "delete the object that is in the way",
  },
  HWS_STORAGE_NOT_FOUND: { message: (key: string): string => `there is no object ${key} in storage` },
  HWS_STORAGE_CONFLICT: { message: (key: string): string => `${key} was stored by somebody else first` },
  HWS_STORAGE_TRUNCATED: {
    message: (key: string, expected: number, actual: number): string =>
      `${key} has ${actual} bytes where ${expected} were promised`,
    hint: "the object or its source was cut short or changed meanwhile; try again",
  },
  HWS_STORAGE_BUSY: {
    message: (key: string, waitedMs: number): string =>
      `${key} stayed claimed by other writers for ${waitedMs} ms`,
    hint: "try again; if it persists, look for stopped processes that use the storage directory",
    retryable: true,
  },
  HWS_STORAGE_FULL: {
    message: (path: string): string => `the file system of ${path} is full`,
    hint: "free space or inodes there, or run `hawser prune`",
  },
  HWS_STORAGE_READ_ONLY: {
    message: (path: string): string => `the file system of ${path} is read-only`,
    hint: "mount it writable, or choose another storage directory",
  },
  HWS_STORAGE_DENIED: {
    message: (path: string): string => `${path} may not be used by this user`,
    hint: "give the user that runs Hawser read and write permission on the storage directory",
  },
  HWS_STORAGE_MISSING: {
    message: (path: string): string => `the folder of the storage directory ${path} does not exist`,
    hint: "mount or create it; Hawser makes the storage directory itself, never its parents",
  },
  HWS_STORAGE_NOT_DIRECTORY: {
    message: (path: string): string => `the storage directory ${path} is not a directory`,
    hint: "choose another path for `directory`",
  },
  HWS_STORAGE_NOT_YET: {
    message: (path: string): string =>
      `the storage directory ${path} does not exist yet; the first write makes it`,
    hint: "if it should hold releases already, check the path and the mount",
  },
  HWS_STORAGE_NETWORK: {
    message: (path: string, kind: string): string =>
      `${path} is on ${kind}, where conditional writes cannot be trusted`,
    hint: "use a local file system, or an object store for deployers on several machines",
  },
  HWS_STORAGE_NO_LINKS: {
    message: (path: string): string => `the file system of ${path} has no hard links`,
    hint: "use a file system such as ext4, xfs, btrfs, zfs or APFS",
  },
  HWS_STORAGE_CASE: {
    message: (path: string): string => `the file system of ${path} does not tell upper from lower case`,
    hint: "keys that differ only in case would be one object; use lower-case application names",
  },
  HWS_STORAGE_AUTHORITY: {
    message: (file: string, why: string): string => `the certificates in ${file} cannot be used: ${why}`,
    hint: "give `ca` a file with the authority's certificates in PEM, or leave it out when instances know the authority",
  },
  HWS_STORAGE_IO: {
    message: (path: string, code: string): string => `the file system failed at ${path} (${code})`,
    hint: "look at the disk and the kernel's log",
  },
};

/** Every error of this storage. */
export const errors: Makers<typeof entries> = defineErrors(entries);

/** What the operating system's error means for a storage. */
export function fromSystem(error: unknown, path: string): HawserError {
  if (HawserError.is(error)) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "unknown";
  const fields = { cause: error };
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return errors.HWS_STORAGE_FULL([path], fields);
    case "EROFS":
      return errors.HWS_STORAGE_READ_ONLY([path], fields);
    case "EACCES":
    case "EPERM":
      return errors.HWS_STORAGE_DENIED([path], fields);
    default:
      return errors.HWS_STORAGE_IO([path, code], fields);
  }
}

/** The system's code of an error, to tell the expected from the unexpected. */
export function systemCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
