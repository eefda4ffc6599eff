import { defineErrors, type Makers } from "./catalogue.ts";

const corrupt =
  "fetch the object again; if it stays so, the stored object is damaged: prepare the release again";

const entries = {
  HWS_ARTIFACT_NAME_INVALID: {
    message: (name: string, why: string): string => `the name ${name} in the tree ${why}`,
    hint: "rename the file in the source, or leave it out in prepare",
  },
  HWS_ARTIFACT_RESERVED: {
    message: (name: string): string => `the tree holds ${name} at its top, a reserved name`,
    hint: "remove it in prepare; metadata of a version control system is never deployed",
  },
  HWS_ARTIFACT_EMPTY: {
    message: (directory: string): string => `the prepared tree ${directory} is empty`,
    hint: "look at the source's path or subdirectory, and at what prepare leaves behind",
  },
  HWS_ARTIFACT_TYPE: {
    message: (name: string, type: string): string => `${name} in the tree is a ${type}`,
    hint: "only files, directories and symbolic links are deployed: remove it in prepare",
  },
  HWS_ARTIFACT_LINK_ESCAPE: {
    message: (name: string, target: string): string =>
      `the symbolic link ${name} leaves the tree: it points to ${target}`,
    hint: "make it relative and inside the tree, or name the path in the installer's shared paths",
  },
  HWS_ARTIFACT_CHANGED: {
    message: (name: string): string => `${name} changed while it was packed`,
    hint: "something still writes into the tree: let prepare wait for what it started",
    retryable: true,
  },
  HWS_ARTIFACT_CORRUPT: {
    message: (what: string, why: string): string => `${what} is not what its manifest says: ${why}`,
    hint: corrupt as string,
  },
  HWS_ARTIFACT_DIGEST: {
    message: (expected: string, found: string): string =>
      `the artifact's digest is ${found} instead of ${expected}`,
    hint: corrupt as string,
  },
  HWS_ARTIFACT_TOO_LARGE: {
    message: (limitBytes: number): string =>
      `the artifact unpacks to more than the ${limitBytes} bytes its record names`,
    hint: corrupt as string,
  },
  HWS_ARTIFACT_MANIFEST_INVALID: {
    message: (line: number, why: string): string => `line ${line} of the manifest ${why}`,
    hint: corrupt as string,
  },
  HWS_ARTIFACT_DELTA_INVALID: {
    message: (line: number, why: string): string => `line ${line} of the manifest delta ${why}`,
    hint: "the delta was made for another base: send the whole manifest",
  },
  HWS_ARTIFACT_RECORD_INVALID: {
    message: (why: string): string => `the release record ${why}`,
    hint: corrupt as string,
  },
  HWS_ARTIFACT_RECORD_NEWER: {
    message: (layout: string): string =>
      `the release record has layout ${layout}, which this version cannot read`,
    hint: "use a newer version of Hawser",
  },
  HWS_ARCHIVE_PATH: {
    message: (name: string, why: string): string => `the archive's member ${name} ${why}`,
    hint: "the whole archive was refused; make it again with relative, plain names",
  },
  HWS_ARCHIVE_TYPE: {
    message: (name: string, type: string): string => `the archive's member ${name} is a ${type}`,
    hint: "the whole archive was refused: only files, directories and symbolic links are taken",
  },
  HWS_ARCHIVE_DUPLICATE: {
    message: (name: string): string => `the archive holds ${name} more than once`,
    hint: "the whole archive was refused; a lower stripComponents may keep the names apart",
  },
  HWS_ARCHIVE_LINK_ESCAPE: {
    message: (name: string, target: string): string =>
      `the archive's symbolic link ${name} leaves the tree: it points to ${target}`,
    hint: "the whole archive was refused; links must be relative and stay inside the tree",
  },
  HWS_ARCHIVE_RESERVED: {
    message: (name: string): string => `the archive holds ${name} at its top, a reserved name`,
    hint: "leave it out of the archive",
  },
  HWS_ARCHIVE_LIMIT: {
    message: (what: string, limit: number): string =>
      `the archive has more than the allowed ${what} (${limit})`,
    hint: "the whole archive was refused; if it is honest, unpack it in a source plugin with higher limits",
  },
  HWS_ARCHIVE_CORRUPT: {
    message: (why: string): string => `the archive cannot be read: ${why}`,
    hint: "make or fetch it again, and compare its checksum with the origin's",
  },
  HWS_ARCHIVE_FORMAT: {
    message: (format: string): string => `archives of the format ${format} cannot be read`,
    hint: "offer the archive as tar, tar.gz, tar.zst or zip",
  },
  HWS_ARCHIVE_METHOD: {
    message: (name: string, how: string): string =>
      `the archive's member ${name} cannot be read: it is ${how}`,
    hint: "make the zip again without encryption, its members stored or deflated",
  },
  HWS_ARCHIVE_ZSTD_MISSING: {
    message: (): string => "the archive is compressed by zstd and the zstd program was not found",
    hint: "install zstd on the deployer, or offer the archive as tar.gz",
  },
  HWS_ARCHIVE_DIRECTORY: {
    message: (directory: string): string =>
      `the archive was to be unpacked into ${directory}, which is not empty`,
    hint: "give an empty directory",
  },
};

/** Errors of artifacts, manifests, release records, and archives from outside. */
export const artifactErrors: Makers<typeof entries> = defineErrors(entries);
