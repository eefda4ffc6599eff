import type { ArchiveFormat } from "../contracts/source.ts";

const suffixes: readonly (readonly [string, ArchiveFormat])[] = [
  [".tar", "tar"],
  [".tar.gz", "tar.gz"],
  [".tgz", "tar.gz"],
  [".tar.zst", "tar.zst"],
  [".zip", "zip"],
];

/** The format that a file's name speaks of; undefined for a name that is no archive's. Case does not count. */
export const archiveFormatOf = (name: string): ArchiveFormat | undefined =>
  suffixes.find(([suffix]) => name.toLowerCase().endsWith(suffix))?.[1];
