import { type FileInfo, FileType, parseList } from "basic-ftp";
import { type ListedEntry, UnreadableLine } from "./listed-entry.ts";

const kindOf = (line: string, { type }: FileInfo): ListedEntry["kind"] => {
  // The parser takes devices for files.
  if (type === FileType.File) return /^[\s\d]*[bc]/.test(line) ? "special" : "file";
  if (type === FileType.Directory) return "directory";
  return type === FileType.SymbolicLink ? "link" : "special";
};

const self = /^d.*\s\.{1,2}$/;

const readLine = (line: string): ListedEntry => {
  let info: FileInfo | undefined;
  try {
    info = parseList(line)[0];
  } catch {
    throw new UnreadableLine(line);
  }
  if (info === undefined && self.test(line)) return { name: ".", kind: "self", time: "" };
  // A line without a time is none that the parsers for LIST have read.
  if (info === undefined || info.rawModifiedAt === "" || info.modifiedAt !== undefined) {
    throw new UnreadableLine(line);
  }
  return {
    name: info.name,
    kind: kindOf(line, info),
    time: info.rawModifiedAt,
    sizeBytes: info.size,
    ...(info.permissions !== undefined && { executable: (info.permissions.user & 1) === 1 }),
  };
};

/** Reads the reply to LIST, as Unix and Windows servers write it. A line that cannot be read is an error. */
export const readPlainListing = (text: string): readonly ListedEntry[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line !== "" && !/^total \d+$/.test(line))
    .map(readLine);
